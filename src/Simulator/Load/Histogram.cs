using System.Numerics;

namespace Fleet.Simulator.Load;

/// <summary>Durations by bucket, each a sixteenth of its power of two wide: percentiles within 6 %, any number of threads.</summary>
internal sealed class Histogram
{
    private const int Fine = 16;
    private readonly long[] _buckets = new long[64 * Fine];

    public void Add(TimeSpan duration) => Interlocked.Increment(ref _buckets[IndexOf((ulong)Math.Max(0, duration.Ticks / TimeSpan.TicksPerMicrosecond))]);

    /// <summary>How many were added.</summary>
    public long Count => _buckets.Sum();

    /// <summary>The duration that this share of all stays at or below; zero when nothing was added.</summary>
    public TimeSpan Percentile(double share)
    {
        long[] now = [.. _buckets];
        long wanted = (long)Math.Ceiling(now.Sum() * share);
        long seen = 0;
        for (int index = 0; index < now.Length; index++)
        {
            seen += now[index];
            if (now[index] > 0 && seen >= wanted)
            {
                return TimeSpan.FromMicroseconds(UpperOf(index));
            }
        }

        return TimeSpan.Zero;
    }

    private static int IndexOf(ulong microseconds)
    {
        if (microseconds < Fine)
        {
            return (int)microseconds;
        }

        int power = BitOperations.Log2(microseconds) - 4;
        return ((power + 1) * Fine) + (int)((microseconds >> power) & (Fine - 1));
    }

    private static double UpperOf(int index) => index < Fine ? index : Math.ScaleB((index % Fine) + Fine + 1, (index / Fine) - 1);
}
