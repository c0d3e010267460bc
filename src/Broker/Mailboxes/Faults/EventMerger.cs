using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>
/// Tells the first of several alike at once and its repeats as one event a second, with their number: a tool that waits, or fails,
/// a thousand times a second must not push everything else out of the spool. Bounded.
/// </summary>
internal sealed class EventMerger : IDisposable
{
    private const int Most = 512;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Repeats> _open = new(StringComparer.Ordinal);
    private readonly IEventSink _sink;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private bool _ticking;

    public EventMerger(IEventSink sink, TimeProvider time)
    {
        _sink = sink;
        _time = time;
        _timer = time.CreateTimer(_ => Flush(everything: false), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Tells an event; alike are those with the same key.</summary>
    public void Publish(string key, FleetEvent fleetEvent)
    {
        lock (_gate)
        {
            if (_open.TryGetValue(key, out Repeats? repeats))
            {
                repeats.Add(fleetEvent);
                return;
            }

            if (_open.Count < Most)
            {
                _open[key] = new Repeats(_time.GetTimestamp());
                if (!_ticking)
                {
                    _ticking = true;
                    _timer.Change(Window, Timeout.InfiniteTimeSpan);
                }
            }
        }

        _sink.Publish(fleetEvent);
    }

    public void Dispose()
    {
        _timer.Dispose();
        Flush(everything: true);
    }

    private void Flush(bool everything)
    {
        List<FleetEvent> due = [];
        lock (_gate)
        {
            foreach ((string key, Repeats repeats) in _open.ToArray())
            {
                if (everything || _time.GetElapsedTime(repeats.Began) >= Window)
                {
                    if (repeats.Take(_time.GetTimestamp()) is { } merged)
                    {
                        due.Add(merged);
                    }
                    else
                    {
                        _open.Remove(key);
                    }
                }
            }

            _ticking = _open.Count > 0 && !everything;
            if (_ticking)
            {
                _timer.Change(Window, Timeout.InfiniteTimeSpan);
            }
        }

        due.ForEach(_sink.Publish);
    }

    private sealed class Repeats(long began)
    {
        private FleetEvent? _last;
        private DateTimeOffset _first;
        private long _count;
        private long? _longest;

        public long Began { get; private set; } = began;

        public void Add(FleetEvent fleetEvent)
        {
            _first = _count is 0 ? fleetEvent.Time : _first;
            _last = fleetEvent;
            _longest = _longest > fleetEvent.WaitedMilliseconds ? _longest : fleetEvent.WaitedMilliseconds ?? _longest;
            _count++;
        }

        /// <summary>What was repeated in the window that ends; null when nothing was. A new window begins.</summary>
        public FleetEvent? Take(long now)
        {
            FleetEvent? merged = _last is null ? null : _last with { Count = _count, First = _count > 1 ? _first : null, WaitedMilliseconds = _longest };
            (_last, _count, _longest, Began) = (null, 0, null, now);
            return merged;
        }
    }
}
