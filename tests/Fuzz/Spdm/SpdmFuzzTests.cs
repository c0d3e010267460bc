using Fleet.Simulator.Spdm;
using Fleet.Spdm;
using Fleet.Spdm.Appraisal;
using Fleet.Spdm.Evidence;
using Fleet.Spdm.Requesting;

namespace Fleet.Fuzz.Tests.Spdm;

/// <summary>Spoilt messages in both directions: nothing throws, everything ends, and nothing that differs is trusted.</summary>
public sealed class SpdmFuzzTests
{
    private const int MaxAnswer = 1 << 20;

    [Fact]
    public Task Responses_Spoilt_NeverThrowAndAreNeverTrusted()
    {
        List<AppraisalRequest> all = GoodEvidence.All(GoodEvidence.Options());
        ChainVerifier chains = new();
        return FuzzLoop.RunAsync("SPDM responses", random =>
        {
            AppraisalRequest good = all[random.Next(all.Count)];
            int at = (random.Next(good.Messages.Count / 2) * 2) + 1;
            byte[] spoilt = MessageMutation.Spoil(random, good.Messages[at].Bytes.Span, good.Messages[random.Next(good.Messages.Count)].Bytes.Span);
            Drive(good, at, spoilt);

            List<RawMessage> messages = [.. good.Messages];
            messages[at] = new(false, spoilt);
            Judge(good, messages, at, chains, random);
        });
    }

    [Fact]
    public Task Requests_Spoilt_AreAnsweredAndNeverTrusted()
    {
        ResponderOptions options = GoodEvidence.Options();
        List<AppraisalRequest> all = GoodEvidence.All(options);
        ChainVerifier chains = new();
        return FuzzLoop.RunAsync("SPDM requests", random =>
        {
            AppraisalRequest good = all[random.Next(all.Count)];
            int at = random.Next(good.Messages.Count / 2) * 2;
            byte[] spoilt = MessageMutation.Spoil(random, good.Messages[at].Bytes.Span, good.Messages[random.Next(good.Messages.Count)].Bytes.Span);

            SpdmResponder responder = new(options);
            for (int i = 0; i < Math.Min(at, 6); i += 2)
            {
                responder.Answer(good.Messages[i].Bytes);
            }

            Assert.InRange(responder.Answer(spoilt).Length, 4, MaxAnswer);
            Assert.Equal((byte)SpdmCode.Version, responder.Answer(good.Messages[0].Bytes)[1]);

            List<RawMessage> messages = [.. good.Messages];
            messages[at] = new(true, spoilt);
            Judge(good, messages, at, chains, random);
        });
    }

    /// <summary>Lets a requester meet the spoilt response where it would come, and what came after it; it must end by itself.</summary>
    private static void Drive(AppraisalRequest good, int at, byte[] spoilt)
    {
        Requester requester = new(good.Plan);
        int limit = good.Plan.Budget.Exchanges + good.Messages.Count;
        for (int i = 1; requester.Turn is not null && i / 2 <= limit; i += 2)
        {
            requester.Take(i == at ? spoilt : good.Messages[Math.Min(i, good.Messages.Count - 1)].Bytes);
        }

        Assert.NotNull(requester.End);
    }

    private static void Judge(AppraisalRequest good, List<RawMessage> messages, int at, ChainVerifier chains, Random random)
    {
        Conversation conversation = Conversation.Rebuild(messages);
        if (conversation.Fault is not null && random.Next(64) != 0)
        {
            return; // Such evidence fails by its lengths; a sample of it is appraised all the same.
        }

        AppraisalVerdict verdict = Appraiser.Appraise(good with { Messages = messages }, chains).Verdict;
        Assert.True(
            verdict != AppraisalVerdict.Trusted || SaysTheSame(conversation, Conversation.Rebuild(good.Messages)),
            $"Message {at} is {Convert.ToHexStringLower(messages[at].Bytes.Span)}, and it is trusted.");
    }

    // What carries a message (padding, ERROR, the heads of chunks) is read and not signed: it may differ where all that was signed does not.
    private static bool SaysTheSame(Conversation one, Conversation other) =>
        one.SignedTranscripts.Length == other.SignedTranscripts.Length
        && one.SignedTranscripts.Zip(other.SignedTranscripts).All(pair =>
            pair.First.Transcript.Span.SequenceEqual(pair.Second.Transcript.Span) && pair.First.Signature.Span.SequenceEqual(pair.Second.Signature.Span));
}
