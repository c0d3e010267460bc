using Fleet.Contracts;
using Fleet.Policy;

namespace Fleet.Broker;

/// <summary>
/// Tells of contended accesses: the first at once, its repeats as one event a second for as long as they go on. Bounded: beyond
/// so many different ones at a time the rest is told by function, operation and decision alone. Only contended accesses come
/// here, so its lock is not on the way of an allowed one.
/// </summary>
internal sealed class ContentionReporter : IDisposable
{
    private const int MostWindows = 1_024;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    // Windows end by the steady clock: a wall clock that is set back would hold repeats for as long as it was set back.
    private readonly Lock _gate = new();
    private readonly Dictionary<ContentionKey, Repeats> _open = [];
    private readonly IEventSink _events;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private bool _ticking;

    public ContentionReporter(IEventSink events, TimeProvider time)
    {
        _events = events;
        _time = time;
        _timer = time.CreateTimer(_ => Flush(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Report(ContentionKey key, Claim? claim, Caller? caller, Waited? waited = null)
    {
        DateTimeOffset now = _time.GetUtcNow();
        lock (_gate)
        {
            if (!_open.ContainsKey(key) && _open.Count >= MostWindows)
            {
                key = key.WithoutCaller();
                caller = null;
            }

            if (_open.TryGetValue(key, out Repeats? repeats))
            {
                repeats.Add(now, waited);
                return;
            }

            _open[key] = new Repeats(caller, claim?.Reference, _time.GetTimestamp());
            if (!_ticking)
            {
                _ticking = true;
                _timer.Change(Window, Timeout.InfiniteTimeSpan);
            }
        }

        _events.Publish(Describe(key, caller, claim?.Reference, waited, 1, now, now));
    }

    public void Dispose()
    {
        _timer.Dispose();
        Flush(everything: true);
    }

    private void Flush(bool everything = false)
    {
        List<FleetEvent> due = [];
        lock (_gate)
        {
            long now = _time.GetTimestamp();
            TimeSpan? next = null;
            foreach ((ContentionKey key, Repeats repeats) in _open.ToArray())
            {
                TimeSpan left = Window - _time.GetElapsedTime(repeats.Began, now);
                if (everything || left <= TimeSpan.Zero)
                {
                    if (repeats.Count is 0)
                    {
                        _open.Remove(key);
                        continue;
                    }

                    due.Add(Describe(key, repeats.Caller, repeats.Claim, repeats.Longest, repeats.Count, repeats.First, repeats.Last));
                    repeats.Restart(now);
                    left = Window;
                }

                next = next is null || left < next ? left : next;
            }

            _ticking = next is not null && !everything;
            if (_ticking)
            {
                _timer.Change(next!.Value, Timeout.InfiniteTimeSpan);
            }
        }

        due.ForEach(_events.Publish);
    }

    private static FleetEvent Describe(
        ContentionKey key, Caller? caller, ClaimReference? claim, Waited? waited, long count, DateTimeOffset first, DateTimeOffset last) => new()
        {
            Time = last,
            Kind = key.Sensor is null || key.Decision is Decision.Refuse ? EventKinds.ContentionAccess : EventKinds.ContentionBypass,
            Function = key.Function,
            Caller = caller,
            Operation = key.Operation,
            Offset = key.Offset < 0 ? null : key.Offset,
            Length = key.Offset < 0 ? null : key.Length,
            Decision = key.Sensor is null || key.Decision is Decision.Refuse ? key.Decision : null,
            Sensor = key.Sensor,
            Claim = claim,
            Count = count,
            First = count > 1 ? first : null,
            Detail = ContentionText.Of(key, caller, claim, waited),
        };

    /// <summary>The repeats of one contended access in its present window.</summary>
    private sealed class Repeats(Caller? caller, ClaimReference? claim, long began)
    {
        public Caller? Caller { get; } = caller;

        public ClaimReference? Claim { get; } = claim;

        public long Began { get; private set; } = began;

        public long Count { get; private set; }

        public DateTimeOffset First { get; private set; }

        public DateTimeOffset Last { get; private set; }

        /// <summary>The longest wait of them, if they waited.</summary>
        public Waited? Longest { get; private set; }

        public void Add(DateTimeOffset now, Waited? waited)
        {
            Longest = Longest is { } longest && !(waited?.For > longest.For) ? longest : waited;
            First = Count is 0 ? now : First;
            Last = now;
            Count++;
        }

        public void Restart(long began)
        {
            Began = began;
            Count = 0;
            Longest = null;
        }
    }
}
