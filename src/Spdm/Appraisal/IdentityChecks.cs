using System.Numerics;
using Fleet.Spdm.Evidence;

namespace Fleet.Spdm.Appraisal;

/// <summary>Chain, slots and identity: that the key which signed is this device's.</summary>
internal static class IdentityChecks
{
    private const ushort UseKeyExchange = 1;
    private const ushort UseChallenge = 2;
    private const ushort UseMeasurements = 4;

    public static CheckResult Chain(Reading reading)
    {
        (CheckOutcome outcome, string seen) = reading.Chain is null
            ? (CheckOutcome.Unproven, "No chain was used.")
            : reading.Policy.Anchors.IsEmpty ? (CheckOutcome.Unproven, "There is no anchor for this device.")
            : reading.Conversation.SignedTranscripts.Select(signed => ChainProblem(reading, signed)).FirstOrDefault(problem => problem is not null) is { } problem
                ? (CheckOutcome.Fail, problem)
                : (CheckOutcome.Pass, $"{reading.Chain.Depth} certificates from an anchor to {reading.Chain.Subject}.");
        return new(AppraisalCheck.Chain, outcome, seen);
    }

    private static string? ChainProblem(Reading reading, SignedTranscript signed)
    {
        ChainFinding chain = reading.Chains[signed.Slot];
        if (chain.Problem is not null)
        {
            return chain.Problem;
        }

        DateTimeOffset now = reading.Request.Now;
        if (now < chain.NotBefore || now > chain.NotAfter)
        {
            return $"The chain is valid from {chain.NotBefore:yyyy-MM-dd} to {chain.NotAfter:yyyy-MM-dd}, not on {now:yyyy-MM-dd}.";
        }

        if (reading.Policy.Model != CertificateModel.Any && chain.Model != reading.Policy.Model)
        {
            return $"The hardware identity is by model {chain.Model}; the policy requires {reading.Policy.Model}.";
        }

        byte[] digest = SpdmAlgorithms.Hash(reading.Negotiated!.Selection.BaseHash, reading.Conversation.ChainBlobs[signed.Slot].Span);
        if (reading.Conversation.Digests is { } digests)
        {
            if (!digests.Digest(signed.Slot).Span.SequenceEqual(digest))
            {
                return $"DIGESTS has another digest for the chain of slot {signed.Slot}.";
            }

            int entry = BitOperations.PopCount((uint)digests.ProvisionedSlots & ((1u << signed.Slot) - 1));
            ushort use = signed.Challenge is not null ? UseChallenge : signed.KeyExchange is not null ? UseKeyExchange : UseMeasurements;
            if (!digests.KeyUsages.IsEmpty && (digests.KeyUsages[entry] & use) == 0)
            {
                return $"The key of slot {signed.Slot} is not for this message.";
            }
        }

        return signed.Challenge is { } challenge && !challenge.Response.ChainHash.Span.SequenceEqual(digest)
            ? "CHALLENGE_AUTH names another chain than the one that was sent."
            : null;
    }

    public static CheckResult Slots(Reading reading)
    {
        (CheckOutcome outcome, string seen) = Slots(reading, reading.Conversation.Digests?.ProvisionedSlots, reading.Challenge?.Challenge?.Response.SlotMask);
        return new(AppraisalCheck.Slots, outcome, seen);
    }

    private static (CheckOutcome Outcome, string Seen) Slots(Reading reading, byte? listed, byte? said)
    {
        if ((listed ?? said) is not { } mask)
        {
            return (CheckOutcome.NotApplicable, "Neither DIGESTS nor CHALLENGE_AUTH is part of the evidence.");
        }

        byte? unlisted = reading.Conversation.SignedTranscripts.Where(signed => (mask >> signed.Slot & 1) == 0).Select(signed => (byte?)signed.Slot).FirstOrDefault();
        int vanished = reading.History.Slots & ~mask;
        return listed is not null && said is not null && listed != said ? (CheckOutcome.Fail, $"DIGESTS lists slots {Names(listed.Value)}, CHALLENGE_AUTH {Names(said.Value)}.")
            : unlisted is { } slot ? (CheckOutcome.Fail, $"Slot {slot} signed and is not among {Names(mask)}.")
            : vanished != 0 ? (CheckOutcome.Fail, $"Slots {Names((byte)vanished)} were provisioned before and are gone.")
            : (CheckOutcome.Pass, $"Slots {Names(mask)}.");
    }

    public static CheckResult Identity(Reading reading)
    {
        (CheckOutcome outcome, string seen) = reading.Verified && reading.Chain is { Problem: null } chain ? Identity(reading, chain) : (CheckOutcome.Unproven, "No identity was verified.");
        return new(AppraisalCheck.Identity, outcome, seen);
    }

    private static (CheckOutcome Outcome, string Seen) Identity(Reading reading, ChainFinding chain)
    {
        DeviceHistory history = reading.History;
        string key = Convert.ToHexStringLower(chain.IdentityHash.Span);
        if (!history.Pin.IsEmpty && !history.Pin.Span.SequenceEqual(chain.IdentityHash.Span))
        {
            return (CheckOutcome.Fail, $"The identity {key[..16]}… is not the pinned {Convert.ToHexStringLower(history.Pin.Span)[..16]}…: the device was swapped.");
        }

        if (history.KnownElsewhere?.Invoke(key) is { } elsewhere)
        {
            return (CheckOutcome.Fail, $"The identity {key[..16]}… is known elsewhere ({elsewhere}): a clone, or a relay.");
        }

        if (chain.CmaName is null || history.CmaName is null)
        {
            return reading.Policy.RequireFunctionName
                ? (CheckOutcome.Unproven, chain.CmaName is null ? "Identity not bound to function: the certificate does not name it." : "Identity not bound to function: no inventory to compare with.")
                : (CheckOutcome.Pass, $"Identity {key[..16]}… ({chain.DeviceName ?? chain.Subject}); the policy does not ask for the function's name.");
        }

        // A serial number may follow the name that identity registers give.
        bool same = chain.CmaName.Equals(history.CmaName, StringComparison.OrdinalIgnoreCase)
            || (chain.CmaName.StartsWith(history.CmaName, StringComparison.OrdinalIgnoreCase) && chain.CmaName[history.CmaName.Length] == ':');
        string serial = same && chain.CmaName.Length > history.CmaName.Length ? chain.CmaName[(history.CmaName.Length + 1)..] : "";
        return serial.Length > 0 && history.SerialNumber is { } known && !serial.Equals(known, StringComparison.OrdinalIgnoreCase)
            ? (CheckOutcome.Fail, $"The certificate names serial number {serial}; the function's is {known}: a relay, or a device that was swapped.")
            : same
            ? (CheckOutcome.Pass, $"Identity {key[..16]}… names the function: {chain.CmaName}.")
            : (CheckOutcome.Fail, $"The certificate names {chain.CmaName}; the function is {history.CmaName}.");
    }

    private static string Names(byte mask) => string.Join(", ", Enumerable.Range(0, 8).Where(slot => (mask >> slot & 1) != 0));
}
