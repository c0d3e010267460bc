using System.Collections.Concurrent;
using Fleet.Pci;

namespace Fleet.Broker;

/// <summary>The last accesses around the broker, a bounded number a function: who touches what, and the suspects when an exchange goes wrong.</summary>
public sealed class BypassLog(TimeProvider time)
{
    /// <summary>Accesses kept of each function.</summary>
    public const int Depth = 64;

    // A host has no more functions than this with bypasses at one time; a hostile sensor input must not grow without end.
    private const int MostFunctions = 4_096;

    private readonly ConcurrentDictionary<PciAddress, Ring> _rings = new();
    private long _count;

    /// <summary>Accesses that reached a function around the broker, as far as sensors told.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>The accesses kept of a function, newest first.</summary>
    public IReadOnlyList<BypassAccess> Recent(PciAddress function) =>
        _rings.TryGetValue(function, out Ring? ring) ? [.. ring.Newest().Select(entry => entry.Access)] : [];

    /// <summary>The accesses kept of all functions, newest first.</summary>
    public IReadOnlyList<BypassAccess> Recent() =>
        [.. _rings.Values.SelectMany(ring => ring.Newest()).OrderByDescending(entry => entry.At).Select(entry => entry.Access)];

    /// <summary>The newest write within a span of time that may have touched these bytes: the suspect; null when no sensor saw one.</summary>
    public BypassAccess? FindWrite(PciAddress function, int offset, int length, TimeSpan within)
    {
        if (!_rings.TryGetValue(function, out Ring? ring))
        {
            return null;
        }

        long now = time.GetTimestamp();
        return ring.Newest().TakeWhile(entry => time.GetElapsedTime(entry.At, now) <= within)
            .FirstOrDefault(entry => entry.Access.Operation is Contracts.AccessOperation.Write && entry.Access.MayTouch(offset, length)).Access;
    }

    internal void Add(BypassAccess access)
    {
        if (!access.Denied)
        {
            Interlocked.Increment(ref _count);
        }

        if (_rings.ContainsKey(access.Function) || _rings.Count < MostFunctions)
        {
            _rings.GetOrAdd(access.Function, _ => new Ring()).Add(new Entry(access, time.GetTimestamp()));
        }
    }

    /// <summary>An access and when we were told, by the steady clock: the sensor's time may come from a clock that is set.</summary>
    private readonly record struct Entry(BypassAccess Access, long At);

    private sealed class Ring
    {
        private readonly Lock _gate = new();
        private readonly Entry[] _entries = new Entry[Depth];
        private int _next;
        private int _used;

        public void Add(Entry entry)
        {
            lock (_gate)
            {
                _entries[_next] = entry;
                _next = (_next + 1) % Depth;
                _used = Math.Min(_used + 1, Depth);
            }
        }

        public IReadOnlyList<Entry> Newest()
        {
            lock (_gate)
            {
                return [.. Enumerable.Range(1, _used).Select(back => _entries[(_next - back + Depth) % Depth])];
            }
        }
    }
}
