using System.Collections.Immutable;
using System.Numerics;
using Fleet.Spdm;
using Fleet.Spdm.Evidence;
using Fleet.Spdm.Requesting;

namespace Fleet.Server.Domain.Attestation;

/// <summary>Decides what is asked of a device: the usual first; where that is more than the device can do, as much as it can, with new nonces.</summary>
internal static class PlanMaker
{
    public static AttestationPlan First(NonceSource nonces, IEnumerable<SpdmVersion> versions) => AttestationPlan.Standard(nonces, 0, [.. versions]);

    /// <summary>The plan after one that did not fit the device; null where it did, or no other would fit better.</summary>
    public static AttestationPlan? Again(AttestationPlan before, IReadOnlyList<RawMessage> messages, NonceSource nonces)
    {
        RequesterEnd? end = Run(before, messages);
        Conversation seen = Conversation.Rebuild(messages);
        if (seen.Negotiated is not { IsSound: true } negotiated || end is not { Failure: RequesterFailure.PlanMismatch or RequesterFailure.Refused })
        {
            return null;
        }

        byte slot = before.Steps.Select(step => step.Slot).FirstOrDefault(one => one != 0);
        if (seen.Digests is { ProvisionedSlots: not 0 } digests && (digests.ProvisionedSlots >> slot & 1) == 0)
        {
            slot = (byte)BitOperations.TrailingZeroCount((uint)digests.ProvisionedSlots);
        }

        ImmutableArray<PlanStep> steps = [.. Steps(negotiated, slot, nonces)];
        bool same = steps.Select(Shape).SequenceEqual(before.Steps.Select(Shape));
        return same || steps.IsEmpty ? null : before with { Steps = steps };
    }

    private static RequesterEnd? Run(AttestationPlan plan, IReadOnlyList<RawMessage> messages)
    {
        Requester requester = new(plan);
        for (int i = 1; i < messages.Count && requester.Turn is not null; i += 2)
        {
            requester.Take(messages[i].Bytes);
        }

        return requester.End;
    }

    private static IEnumerable<PlanStep> Steps(Negotiated negotiated, byte slot, NonceSource nonces)
    {
        const uint Certificates = 1u << 1;
        const uint Challenge = 1u << 2;
        uint flags = negotiated.Responder.Flags;
        int measures = negotiated.MeasurementCapability;
        if ((flags & Certificates) != 0)
        {
            yield return new PlanStep(PlanAction.Digests);
            yield return new PlanStep(PlanAction.Certificates) { Slot = slot };
        }

        if ((flags & Certificates) != 0 && (flags & Challenge) != 0)
        {
            byte summary = measures == 0 ? (byte)0 : (byte)0xFF;
            yield return new PlanStep(PlanAction.Challenge) { Slot = slot, Summary = summary, Nonce = nonces.Nonce(), Context = nonces.Context() };
        }

        if (measures != 0)
        {
            byte signed = measures == 2 ? (byte)1 : (byte)0;
            yield return new PlanStep(PlanAction.Measurements) { Slot = slot, Attributes = signed, Operation = 0xFF, Nonce = nonces.Nonce(), Context = nonces.Context() };
        }
    }

    private static (PlanAction, byte, byte, byte, byte) Shape(PlanStep step) => (step.Action, step.Slot, step.Summary, step.Attributes, step.Operation);
}
