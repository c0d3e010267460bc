namespace Fleet.Agent.Uplink;

/// <summary>Pauses between attempts: doubling, bounded, and spread so that a fleet does not come back in one instant.</summary>
internal sealed class Backoff(TimeSpan? first = null, TimeSpan? longest = null)
{
    private readonly TimeSpan _first = first ?? TimeSpan.FromMilliseconds(500);
    private readonly TimeSpan _longest = longest ?? TimeSpan.FromSeconds(30);
    private int _attempts;

    /// <summary>The next pause: between half and all of the doubled one.</summary>
    public TimeSpan Next()
    {
        double ticks = Math.Min(_longest.Ticks, _first.Ticks * Math.Pow(2, Math.Min(_attempts++, 30)));
#pragma warning disable CA5394 // Spreads load; guards nothing.
        return TimeSpan.FromTicks((long)(ticks * (0.5 + (Random.Shared.NextDouble() / 2))));
#pragma warning restore CA5394
    }

    public void Reset() => _attempts = 0;
}
