using Fleet.Contracts;

namespace Fleet.Agent.Uplink;

/// <summary>Contention that came faster than the disk took it, merged in memory so that nobody who is decided upon waits for a disk. Bounded.</summary>
internal sealed class Overflow(int most)
{
    private readonly Lock _gate = new();
    private Dictionary<MergeKey, FleetEvent> _events = [];
    private long _merged;

    /// <summary>Events whose count another one carries.</summary>
    public long Merged => Interlocked.Read(ref _merged);

    /// <summary>Keeps an event; false when there is no room for one more kind.</summary>
    public bool TryAdd(MergeKey key, FleetEvent e)
    {
        lock (_gate)
        {
            if (_events.TryGetValue(key, out FleetEvent? merged))
            {
                _events[key] = MergeKey.Merge(merged, e);
                _merged++;
                return true;
            }

            return _events.Count < most && _events.TryAdd(key, e);
        }
    }

    /// <summary>Takes all of it out, oldest first.</summary>
    public IReadOnlyList<FleetEvent> Take()
    {
        lock (_gate)
        {
            if (_events.Count is 0)
            {
                return [];
            }

            List<FleetEvent> taken = [.. _events.Values.OrderBy(e => e.First ?? e.Time)];
            _events = [];
            return taken;
        }
    }
}
