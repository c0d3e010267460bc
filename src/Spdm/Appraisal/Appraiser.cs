// What is in this room: the appraisal of evidence, pure. A request (raw messages, plan, policy, history, the nonces' state, a time) goes in, a verdict with
// its checks comes out. Reading works out what the checks share; each of the *Checks files has a few of them, in the order of AppraisalCheck.
using System.Collections.Immutable;
using System.Security.Cryptography;
using Fleet.Spdm.Evidence;

namespace Fleet.Spdm.Appraisal;

/// <summary>Appraises evidence (RFC 9334): every check is made and named, whatever the others say. Any bytes are taken without an exception.</summary>
public static class Appraiser
{
    /// <summary>Appraises; the verifier of chains may be shared by all appraisals.</summary>
    public static AppraisalResult Appraise(AppraisalRequest request, ChainVerifier chains)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(chains);
        if (BoundChecks.Excess(request.Messages) is { } excess)
        {
            return Unread(request, excess);
        }

        Reading reading = new(request, chains);
        ImmutableArray<CheckResult> checks =
        [
            PlanCheck.Check(reading),
            SignatureChecks.Nonce(reading),
            SignatureChecks.Transcript(reading),
            NegotiationChecks.Version(reading),
            NegotiationChecks.Algorithms(reading),
            NegotiationChecks.Capabilities(reading),
            IdentityChecks.Chain(reading),
            IdentityChecks.Slots(reading),
            BoundChecks.Lengths(reading),
            IdentityChecks.Identity(reading),
            SignatureChecks.Freshness(reading),
            MeasurementChecks.Rollback(reading),
            BoundChecks.Bounds(reading),
            BoundChecks.Waiting(reading),
            BoundChecks.Errors(reading),
            MeasurementChecks.Measurements(reading),
            MeasurementChecks.DeviceMode(reading),
        ];
        bool verified = reading.Verified && reading.Chain is { Problem: null };
        return new()
        {
            Verdict = Conclude(checks),
            Checks = checks,
            EvidenceHash = Hash(request.Messages),
            DeviceKey = verified ? reading.Chain!.IdentityHash : default,
            Blocks = verified ? reading.Blocks : [],
            Negotiated = reading.Negotiated,
            ProvisionedSlots = reading.Conversation.Digests?.ProvisionedSlots,
            CmaName = verified ? reading.Chain!.CmaName : null,
            DeviceName = verified ? reading.Chain!.DeviceName : null,
        };
    }

    /// <summary>Failed where a check failed, unknown where one is unproven, else trusted.</summary>
    private static AppraisalVerdict Conclude(ImmutableArray<CheckResult> checks) =>
        checks.Any(check => check.Outcome == CheckOutcome.Fail) ? AppraisalVerdict.Failed
        : checks.Any(check => check.Outcome == CheckOutcome.Unproven) ? AppraisalVerdict.Unknown
        : AppraisalVerdict.Trusted;

    private static AppraisalResult Unread(AppraisalRequest request, string excess) => new()
    {
        Verdict = AppraisalVerdict.Failed,
        Checks =
        [
            .. Enum.GetValues<AppraisalCheck>().Select(check => check == AppraisalCheck.Bounds
                ? new CheckResult(check, CheckOutcome.Fail, excess)
                : new CheckResult(check, CheckOutcome.NotApplicable, "The evidence is too large to be read.")),
        ],
        EvidenceHash = Hash(request.Messages),
    };

    private static byte[] Hash(IReadOnlyList<RawMessage> messages)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> header = stackalloc byte[5];
        foreach (RawMessage message in messages)
        {
            header[0] = (byte)((message.IsRequest ? 1 : 0) | (message.IsSecured ? 2 : 0));
            System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(header[1..], message.Bytes.Length);
            hash.AppendData(header);
            hash.AppendData(message.Bytes.Span);
        }

        return hash.GetHashAndReset();
    }
}
