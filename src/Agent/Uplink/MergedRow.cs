using Fleet.Contracts;

namespace Fleet.Agent.Uplink;

/// <summary>Contention that became one event and has no sequence yet: it gets one when there is room, or when the server takes events again.</summary>
/// <param name="Id">Its place among such rows.</param>
/// <param name="Key">What it is merged by.</param>
/// <param name="Event">The event so far.</param>
internal sealed record MergedRow(long Id, MergeKey Key, FleetEvent Event)
{
    /// <summary>Hours since 1970 of the first occurrence: a long time without a server shall not become one event with one time.</summary>
    public long Hour { get; } = HourOf(Event);

    public static long HourOf(FleetEvent e) => (e.First ?? e.Time).ToUnixTimeSeconds() / 3600;
}
