using System.Globalization;
using Fleet.Spdm.Appraisal;
using Fleet.Spdm.Evidence;

namespace Fleet.Fuzzing.Spdm;

/// <summary>
/// A recorded conversation with one message spoilt. Whatever meets it throws nothing and ends within its bounds, and the evidence is trusted only where every
/// byte that was signed is as it was.
/// </summary>
internal abstract class SpdmTarget : FuzzTarget
{
    // Evidence may be 1 MiB; reading and judging a few kilobytes of it takes nowhere near as much memory as this.
    private const long MostAllocated = 32 << 20;

    private readonly List<AppraisalRequest> _all = SpdmCorpus.Load(Path.Combine(AppContext.BaseDirectory, SpdmCorpus.FileName));
    private readonly ChainVerifier _chains = new();

    /// <summary>0 spoils requests, 1 responses.</summary>
    protected abstract int Direction { get; }

    public override void Run(int seed)
    {
        Case made = Make(seed);
        Judge(made, made.Spoilt);
    }

    public override IEnumerable<string> Minimise(int seed)
    {
        Case made = Make(seed);
        byte[] original = made.Good.Messages[made.At].Bytes.ToArray();
        byte[] smallest = made.Spoilt;
        for (int i = 0; i < Math.Min(original.Length, smallest.Length); i++)
        {
            byte[] fewer = [.. smallest];
            fewer[i] = original[i];
            smallest = fewer[i] != smallest[i] && Fails(() => Judge(made, fewer)) ? fewer : smallest;
        }

        return
        [
            string.Create(CultureInfo.InvariantCulture, $"message {made.At} of conversation {made.Number} in {SpdmCorpus.FileName}"),
            $"was {Convert.ToHexStringLower(original)}",
            $"is  {Convert.ToHexStringLower(smallest)}",
        ];
    }

    /// <summary>Lets the one who would meet the spoilt message meet it.</summary>
    protected abstract void Meet(AppraisalRequest good, int at, byte[] spoilt);

    private Case Make(int seed)
    {
        Dice dice = Dice.Of(seed, 0);
        int number = dice.Next(_all.Count);
        AppraisalRequest good = _all[number];
        int at = (dice.Next(good.Messages.Count / 2) * 2) + Direction;
        ReadOnlySpan<byte> other = good.Messages[dice.Next(good.Messages.Count)].Bytes.Span;
        return new(good, number, at, MessageMutation.Spoil(ref dice, good.Messages[at].Bytes.Span, other), dice.Next(64) == 0);
    }

    private void Judge(Case made, byte[] spoilt)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Meet(made.Good, made.At, spoilt);
        RawMessage[] messages = [.. made.Good.Messages];
        messages[made.At] = new(Direction == 0, spoilt);
        Conversation conversation = Conversation.Rebuild(messages);
        if (conversation.Fault is null || made.JudgeAnyway)
        {
            // Evidence with a fault fails by its lengths; a sample of it is appraised all the same.
            AppraisalVerdict verdict = Appraiser.Appraise(made.Good with { Messages = messages }, _chains).Verdict;
            Check.That(verdict != AppraisalVerdict.Trusted || SaysTheSame(conversation, Conversation.Rebuild(made.Good.Messages)));
        }

        Check.That(GC.GetAllocatedBytesForCurrentThread() - before < MostAllocated);
    }

    // What carries a message (padding, ERROR, the heads of chunks) is read and not signed: it may differ where all that was signed does not.
    private static bool SaysTheSame(Conversation one, Conversation other) =>
        one.SignedTranscripts.Length == other.SignedTranscripts.Length
        && one.SignedTranscripts.Zip(other.SignedTranscripts).All(pair =>
            pair.First.Transcript.Span.SequenceEqual(pair.Second.Transcript.Span) && pair.First.Signature.Span.SequenceEqual(pair.Second.Signature.Span));

    private sealed record Case(AppraisalRequest Good, int Number, int At, byte[] Spoilt, bool JudgeAnyway);
}
