namespace Fleet.Agent.Uplink;

/// <summary>Pauses between attempts: anywhere up to a bound that doubles and has a limit, so that a fleet does not come back in one instant.</summary>
internal sealed class Backoff(TimeSpan? first = null, TimeSpan? longest = null, Func<double>? random = null)
{
    private readonly TimeSpan _first = first ?? TimeSpan.FromMilliseconds(500);
    private readonly TimeSpan _longest = longest ?? TimeSpan.FromSeconds(30);
#pragma warning disable CA5394 // Spreads load; guards nothing.
    private readonly Func<double> _random = random ?? Random.Shared.NextDouble;
#pragma warning restore CA5394
    private int _attempts;

    /// <summary>The next pause: full jitter, from a tenth of the first bound on.</summary>
    public TimeSpan Next()
    {
        double bound = Math.Min(_longest.Ticks, _first.Ticks * Math.Pow(2, Math.Min(_attempts++, 30)));
        return TimeSpan.FromTicks((long)Math.Max(_first.Ticks / 10.0, bound * _random()));
    }

    /// <summary>A random moment within a time.</summary>
    public TimeSpan Within(TimeSpan spread) => spread * _random();

    public void Reset() => _attempts = 0;
}
