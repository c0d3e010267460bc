using Fleet.Testing;

namespace Fleet.Fuzzing.Mailboxes;

/// <summary>
/// A device that is good, or has a fault, and whose registers now and then read something else. What a read gives depends on the seed and on
/// the number of the read alone, so that lies can be left out one by one; null keeps them all.
/// </summary>
internal sealed record MailboxCase(int Seed, int PayloadLength, int LiesInMillion, DoeFault Faults, IReadOnlySet<int>? Kept)
{
    private static readonly int[] Rates = [0, 500, 5_000, 50_000, 300_000, 1_000_000];
    private static readonly DoeFault[] AllFaults = [.. Enum.GetValues<DoeFault>().Distinct()];

    public static MailboxCase Make(int seed)
    {
        Dice dice = Dice.Of(seed, 0);
        DoeFault faults = dice.Next(2) is 0 ? default : AllFaults[dice.Next(AllFaults.Length)];
        return new MailboxCase(seed, dice.Next(300), Rates[dice.Next(Rates.Length)], faults, null);
    }
}
