using System.Collections.Concurrent;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Broker;

/// <summary>
/// Counts accesses as they happen, for somebody who looks on: by process, function, bytes and decision. Bounded: what finds no room in
/// a window is counted in Untold. Ends when it is disposed.
/// </summary>
public sealed class AccessWatch : IDisposable
{
    /// <summary>Different accesses told of in one window.</summary>
    public const int Most = 4_096;

    private readonly AccessWatchers _owner;
    private readonly PciAddress? _function;
    private readonly TimeProvider _time;
    private readonly Lock _taking = new();
    private readonly ConcurrentDictionary<ContentionKey, Cell> _cells = new();
    private long _began;
    private long _untold;

    internal AccessWatch(AccessWatchers owner, PciAddress? function, TimeProvider time)
    {
        _owner = owner;
        _function = function;
        _time = time;
        _began = time.GetTimestamp();
    }

    /// <summary>What happened since the last time, or since the watch began.</summary>
    public AccessWindow Take()
    {
        lock (_taking)
        {
            long now = _time.GetTimestamp();
            double seconds = _time.GetElapsedTime(_began, now).TotalSeconds;
            _began = now;
            List<AccessSeen> seen = [];
            foreach ((ContentionKey key, Cell cell) in _cells)
            {
                long count = cell.Take();
                if (count > 0)
                {
                    seen.Add(cell.Describe(key, count));
                }
                else if (cell.TryEnd())
                {
                    _cells.TryRemove(KeyValuePair.Create(key, cell));
                }
            }

            return new AccessWindow(
                _time.GetUtcNow(), seconds, [.. seen.OrderByDescending(a => a.Count).ThenBy(a => a.Function).ThenBy(a => a.Offset)],
                Interlocked.Exchange(ref _untold, 0));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _owner.Remove(this);

    internal void Count(in ContentionKey key, Caller? caller, bool around)
    {
        if (_function is { } wanted && wanted != key.Function)
        {
            return;
        }

        // A cell that ended between finding it and counting in it takes no more: another one is made.
        while (true)
        {
            if (!_cells.TryGetValue(key, out Cell? cell))
            {
                if (_cells.Count >= Most)
                {
                    Interlocked.Increment(ref _untold);
                    return;
                }

                cell = _cells.GetOrAdd(key, _ => new Cell(caller, around));
            }

            if (cell.TryAdd())
            {
                return;
            }

            _cells.TryRemove(KeyValuePair.Create(key, cell));
        }
    }

    private sealed class Cell(Caller? caller, bool around)
    {
        private const long Ended = -1;
        private long _count;

        public bool TryAdd()
        {
            long count = Volatile.Read(ref _count);
            while (count != Ended)
            {
                long found = Interlocked.CompareExchange(ref _count, count + 1, count);
                if (found == count)
                {
                    return true;
                }

                count = found;
            }

            return false;
        }

        public long Take() => Interlocked.Exchange(ref _count, 0);

        public bool TryEnd() => Interlocked.CompareExchange(ref _count, Ended, 0) is 0;

        public AccessSeen Describe(ContentionKey key, long count) => new()
        {
            Function = key.Function,
            Caller = caller,
            Operation = key.Operation,
            Offset = key.Offset < 0 ? null : key.Offset,
            Length = key.Offset < 0 ? null : key.Length,
            Decision = around ? null : key.Decision,
            Sensor = key.Sensor,
            Count = count,
        };
    }
}
