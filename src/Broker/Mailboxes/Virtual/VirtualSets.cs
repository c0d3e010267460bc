using System.Collections.Concurrent;

namespace Fleet.Broker;

/// <summary>The register sets of one mailbox. Bounded; where nobody has one, a look costs one load.</summary>
internal sealed class VirtualSets(TimeProvider time, TimeSpan idle, int maximumDwords)
{
    private const int Most = 128;

    private readonly ConcurrentDictionary<CallerKey, VirtualSet> _sets = new();
    private int _count;

    public bool Any => Volatile.Read(ref _count) > 0;

    public IEnumerable<VirtualSet> All => _sets.Values;

    /// <summary>The caller's registers; null when it has none, or had them too long ago.</summary>
    public VirtualSet? Find(CallerKey key) => _sets.TryGetValue(key, out VirtualSet? set) && !IsIdle(set) ? set : null;

    /// <summary>The caller's registers, new ones if need be; null when too many have some.</summary>
    public VirtualSet? FindOrAdd(CallerKey key)
    {
        while (true)
        {
            if (_sets.TryGetValue(key, out VirtualSet? known))
            {
                if (!IsIdle(known))
                {
                    return known;
                }

                TryRemove(known);
            }

            if (Volatile.Read(ref _count) >= Most)
            {
                return null;
            }

            VirtualSet made = new(key, new RegisterSet(maximumDwords));
            made.Use(time.GetTimestamp());
            if (_sets.TryAdd(key, made))
            {
                Interlocked.Increment(ref _count);
                return made;
            }
        }
    }

    /// <summary>True when it was this call that removed it.</summary>
    public bool TryRemove(VirtualSet set)
    {
        bool removed = _sets.TryRemove(new KeyValuePair<CallerKey, VirtualSet>(set.Key, set));
        if (removed)
        {
            Interlocked.Decrement(ref _count);
        }

        return removed;
    }

    public bool IsIdle(VirtualSet set) => !set.Registers.InFlight && time.GetElapsedTime(set.Used) >= idle;
}
