namespace Fleet.Broker;

/// <summary>A histogram of durations with fixed bounds; safe from any thread, without locks.</summary>
public sealed class DurationHistogram
{
    private readonly long[] _buckets = new long[Bounds.Count + 1];
    private long _ticks;

    /// <summary>Raised for each observation, so that an exporter with histograms of its own can keep them.</summary>
    public event Action<TimeSpan>? Observed;

    /// <summary>Upper bounds of the buckets in seconds; one more bucket takes what is longer.</summary>
    public static IReadOnlyList<double> Bounds { get; } = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

    /// <summary>Observations.</summary>
    public long Count => _buckets.Select((_, i) => Volatile.Read(ref _buckets[i])).Sum();

    /// <summary>Sum of all observations.</summary>
    public TimeSpan Sum => TimeSpan.FromTicks(Volatile.Read(ref _ticks));

    /// <summary>Observations by bucket (not cumulative), the last one being those above every bound.</summary>
    public IReadOnlyList<long> Buckets => [.. _buckets.Select((_, i) => Volatile.Read(ref _buckets[i]))];

    internal void Observe(TimeSpan duration)
    {
        int bucket = 0;
        while (bucket < Bounds.Count && duration.TotalSeconds > Bounds[bucket])
        {
            bucket++;
        }

        Interlocked.Increment(ref _buckets[bucket]);
        Interlocked.Add(ref _ticks, duration.Ticks);
        Observed?.Invoke(duration);
    }
}
