namespace Fleet.Server.Data.Events;

/// <summary>How far an agent can drive the sums of contention and losses, whatever it says: no further than that every list, page and rollout goes on.</summary>
internal static class SumBounds
{
    /// <summary>An event stands for so many occurrences at most.</summary>
    public const long LargestCount = 1L << 40;

    /// <summary>Where a sum stops instead of wrapping, or of failing whoever asks. So far JSON and SQLite's total() are exact, and a thousand of them still add up.</summary>
    public const long Largest = 1L << 53;

    /// <summary>So many different things are told of the contention of a host within an hour; see <see cref="SumVariety"/>.</summary>
    public const int OfAHostAndHour = 8192;

    /// <summary>So many sums are answered at once: more than anybody looks at.</summary>
    public const int Answered = 1_000_000;

    /// <summary>Sums by host are never too many: a fleet has so many hosts, and a host few names (<see cref="NameBounds"/>).</summary>
    public const int OfHosts = int.MaxValue - 1;

    public static long Add(long sum, long count) => Math.Min(sum + Math.Min(count, Largest), Largest);

    public static long Total(IEnumerable<long> counts) => counts.Aggregate(0L, Add);
}
