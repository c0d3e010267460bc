using Fleet.Contracts;

namespace Fleet.Server.Data.Events;

/// <summary>
/// Adds up contention and losses by minute while events are stored; a store writes the sums in the same transaction: what the sums say and
/// what the events say cannot differ. A minute is that of the event, but never later than its arrival, whatever the agent's clock says.
/// </summary>
internal sealed class ContentionSums
{
    private readonly Dictionary<ContentionKey, long> _contention = [];
    private readonly Dictionary<(long Minute, long Host), long> _losses = [];

    public IReadOnlyDictionary<ContentionKey, long> Contention => _contention;

    public IReadOnlyDictionary<(long Minute, long Host), long> Losses => _losses;

    public static bool IsContention(string kind) => kind.StartsWith("contention.", StringComparison.Ordinal);

    public void Add(long host, FleetEvent fleetEvent, DateTimeOffset arrival)
    {
        long minute = StoreTime.Minutes(fleetEvent.Time < arrival ? fleetEvent.Time : arrival);
        if (fleetEvent.Kind == EventKinds.AgentLoss)
        {
            _losses[(minute, host)] = _losses.GetValueOrDefault((minute, host)) + fleetEvent.Count;
        }
        else if (IsContention(fleetEvent.Kind))
        {
            ContentionKey key = new(
                minute,
                host,
                fleetEvent.Kind,
                fleetEvent.Function?.ToString() ?? "",
                fleetEvent.Caller?.Comm ?? "",
                WireNames.Of(fleetEvent.Decision) ?? "",
                fleetEvent.Feature ?? "",
                fleetEvent.Claim is { } claim ? $"{claim.Offset:x3}+{claim.Length:x}" : "");
            _contention[key] = _contention.GetValueOrDefault(key) + fleetEvent.Count;
        }
    }

    public void Clear()
    {
        _contention.Clear();
        _losses.Clear();
    }
}
