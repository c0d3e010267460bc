using System.Buffers.Binary;
using System.Globalization;
using Fleet.Pci.Doe;

namespace Fleet.Fuzzing.Mailboxes;

/// <summary>
/// An exchange with a mailbox that lies: it ends in bounded time without an exception, and what it passes on is a whole object of the feature
/// that was asked for, exactly as it was read while the mailbox said that it was ready.
/// </summary>
internal sealed class MailboxTarget : FuzzTarget
{
    private const int Limit = 96;

    // Busy at entry, abort of a latched error, response, and abort of the failure: a second each, and some waiting.
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(4100);

    public override string Name => "mailbox";

    public override void Run(int seed) => Run(MailboxCase.Make(seed));

    public override IEnumerable<string> Minimise(int seed)
    {
        MailboxCase all = MailboxCase.Make(seed);
        HashSet<int> kept = [.. Lies(all).Select(lie => lie.Step)];
        foreach (int step in kept.ToList())
        {
            HashSet<int> fewer = [.. kept.Where(s => s != step)];
            if (Fails(() => Run(all with { Kept = fewer })))
            {
                kept = fewer;
            }
        }

        MailboxCase smallest = all with { Kept = kept };
        if (Fails(() => Run(smallest with { Faults = default })))
        {
            smallest = smallest with { Faults = default };
        }

        yield return string.Create(CultureInfo.InvariantCulture, $"payload {smallest.PayloadLength} bytes, faults {smallest.Faults}; reads that lie:");
        foreach ((int step, int register, uint value) in Lies(smallest))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"read {step}: +{register:x2} = {value:x8}");
        }
    }

    /// <summary>Runs one exchange and checks how it ended.</summary>
    public static DoeOutcome Exchange(MailboxCase @case) => Exchange(@case, new JumpingTime(), out _);

    private static void Run(MailboxCase @case) => Exchange(@case);

    private static DoeOutcome Exchange(MailboxCase @case, JumpingTime time, out LyingMailbox mailbox)
    {
        mailbox = new LyingMailbox(@case, time);
        DoeRequester requester = new(mailbox, LyingMailbox.Offset, time) { MaximumObjectDwords = Limit };
        Task<DoeOutcome> exchange = requester.ExchangeAsync(DoeFeature.CmaSpdm, new byte[@case.PayloadLength], CancellationToken.None);
        Check.That(exchange.IsCompleted);
        DoeOutcome outcome = exchange.GetAwaiter().GetResult();
        Check.That(time.Elapsed <= Longest);
        Check.That(outcome.Detail.Length > 0);
        Check.That(mailbox.Taken.Count <= Limit);
        if (outcome.Failure is not null)
        {
            Check.That(outcome.Payload.Length is 0);
            Check.That(outcome.Failure is not (DoeFailure.BusyAtEntry or DoeFailure.NotAMailbox) || mailbox.Writes is 0);
        }
        else
        {
            CheckPassedOn(outcome, mailbox);
        }

        return outcome;
    }

    private static void CheckPassedOn(DoeOutcome outcome, LyingMailbox mailbox)
    {
        Check.That(mailbox.Went);
        Check.That(mailbox.Taken.Count >= 2);
        Check.That(DoeHeader.FeatureOf(mailbox.Taken[0]) == DoeFeature.CmaSpdm);
        Check.That((mailbox.Taken[1] & 0x3_ffff) == (uint)mailbox.Taken.Count);
        Check.That(outcome.Payload.Length == (mailbox.Taken.Count - 2) * 4);
        for (int i = 2; i < mailbox.Taken.Count; i++)
        {
            Check.That(BinaryPrimitives.ReadUInt32LittleEndian(outcome.Payload.AsSpan((i - 2) * 4)) == mailbox.Taken[i]);
        }

        Check.That((mailbox.StatusAtLastTaken & DoeRegisters.StatusReady) != 0);
        Check.That((mailbox.StatusAtLastTaken & DoeRegisters.StatusError) is 0);
    }

    private static List<(int Step, int Register, uint Value)> Lies(MailboxCase @case)
    {
        LyingMailbox? mailbox = null;
        Fails(() => Exchange(@case, new JumpingTime(), out mailbox));
        return mailbox?.Lies ?? [];
    }
}
