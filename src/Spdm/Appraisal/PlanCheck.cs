using Fleet.Spdm.Evidence;
using Fleet.Spdm.Requesting;

namespace Fleet.Spdm.Appraisal;

/// <summary>Runs the plan again over the recorded responses: what it asks for is what the agent must have asked.</summary>
internal static class PlanCheck
{
    public static CheckResult Check(Reading reading)
    {
        (CheckOutcome outcome, string seen) = Replay(reading.Request.Plan, reading.Request.Messages);
        return new(AppraisalCheck.Plan, outcome, seen);
    }

    private static (CheckOutcome Outcome, string Seen) Replay(AttestationPlan plan, IReadOnlyList<RawMessage> messages)
    {
        Requester requester = new(plan);
        int at = 0;
        for (; at < messages.Count; at += 2)
        {
            if (requester.Turn is not { } turn)
            {
                return (CheckOutcome.Fail, $"Message {at} comes after the plan's end. {requester.End!.Detail}");
            }

            if (!messages[at].IsRequest || messages[at].IsSecured != turn.IsSecured || !Matches(turn.Request.Span, messages[at].Bytes.Span))
            {
                return (CheckOutcome.Fail, $"Message {at} is not the request that the plan makes there ({(SpdmCode)turn.Request.Span[1]}).");
            }

            if (at + 1 == messages.Count)
            {
                break;
            }

            requester.Take(messages[at + 1].Bytes);
        }

        return requester.End switch
        {
            null => (CheckOutcome.Unproven, $"The evidence ends after {messages.Count} messages, before the plan does."),
            { Failure: null } => (CheckOutcome.Pass, $"All {messages.Count / 2} requests are the plan's."),
            { Failure: RequesterFailure.Malformed } end => (CheckOutcome.Fail, end.Detail),
            { } end => (CheckOutcome.Unproven, end.Detail),
        };
    }

    private static bool Matches(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> sent) =>
        sent.Length - expected.Length is >= 0 and <= 3 && sent.StartsWith(expected) && !sent[expected.Length..].ContainsAnyExcept((byte)0);
}
