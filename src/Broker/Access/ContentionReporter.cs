using Fleet.Contracts;
using Fleet.Policy;

namespace Fleet.Broker;

/// <summary>
/// Tells of contended accesses: the first at once, its repeats as one event after a second, then after two, four and so on, up to
/// thirty, for as long as they go on. Bounded: a process that goes over many bytes is told byte by byte only so far, then as one
/// that goes over the function; and beyond so many different ones at a time the rest is told by function, operation and decision
/// alone. Only contended accesses come here, so its lock is not on the way of an allowed one.
/// </summary>
internal sealed class ContentionReporter : IDisposable
{
    private const int MostWindows = 1_024;

    // Windows end by the steady clock: a wall clock that is set back would hold repeats for as long as it was set back.
    private readonly Lock _gate = new();
    private readonly Dictionary<ContentionKey, ContentionWindow> _open = [];
    private readonly Dictionary<ContentionKey, ContentionScope> _scopes = [];
    private readonly IEventSink _events;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private TimeSpan? _next;

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
            if (!_open.TryGetValue(key, out ContentionWindow? window))
            {
                key = Narrow(key);
                caller = key.Pid is 0 && key.Sensor is null ? null : caller;
                _open.TryGetValue(key, out window);
            }

            if (window is not null)
            {
                window.Add(now, claim?.Reference, waited);
                return;
            }

            window = new ContentionWindow(caller, claim?.Reference, _time.GetTimestamp());
            _open[key] = window;
            Arm(window.Length);
        }

        _events.Publish(Describe(key, caller, claim?.Reference, waited, 1, now, now));
    }

    public void Dispose()
    {
        _timer.Dispose();
        Flush(everything: true);
    }

    /// <summary>The key to tell a new one by: as it is while its process has been told of few bytes, else coarser.</summary>
    private ContentionKey Narrow(ContentionKey key)
    {
        if (_open.Count >= MostWindows)
        {
            return key.WithoutCaller();
        }

        ContentionKey wide = key.WithoutOffset();
        if (key == wide)
        {
            return key;
        }

        if (!_scopes.TryGetValue(wide, out ContentionScope? scope))
        {
            if (_scopes.Count >= MostWindows)
            {
                Forget();
            }

            if (_scopes.Count >= MostWindows)
            {
                return wide;
            }

            scope = new ContentionScope(_time);
            _scopes[wide] = scope;
        }

        return scope.TryOpen() ? key : wide;
    }

    private void Forget()
    {
        foreach (ContentionKey idle in _scopes.Where(s => s.Value.IsFresh).Select(s => s.Key).ToArray())
        {
            _scopes.Remove(idle);
        }
    }

    private void Arm(TimeSpan due)
    {
        TimeSpan now = TimeSpan.FromTicks(_time.GetTimestamp() * TimeSpan.TicksPerSecond / _time.TimestampFrequency);
        if (_next is null || now + due < _next)
        {
            _next = now + due;
            _timer.Change(due, Timeout.InfiniteTimeSpan);
        }
    }

    private void Flush(bool everything = false)
    {
        List<FleetEvent> due = [];
        lock (_gate)
        {
            long now = _time.GetTimestamp();
            TimeSpan? next = null;
            foreach ((ContentionKey key, ContentionWindow window) in _open.ToArray())
            {
                TimeSpan elapsed = _time.GetElapsedTime(window.Began, now);
                TimeSpan left = window.Length - elapsed;
                if (everything || left <= TimeSpan.Zero)
                {
                    if (window.Count is 0 && (everything || !window.TryLinger(now, elapsed)))
                    {
                        _open.Remove(key);
                        _scopes.GetValueOrDefault(key.WithoutOffset())?.Close(key.Offset >= 0);
                        continue;
                    }

                    if (window.Count > 0)
                    {
                        due.Add(Describe(key, window.Caller, window.Claim, window.Longest, window.Count, window.First, window.Last));
                        window.Restart(now);
                    }

                    left = window.Length;
                }

                next = next is null || left < next ? left : next;
            }

            _next = null;
            if (next is { } wait && !everything)
            {
                Arm(wait);
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
            WaitedMilliseconds = waited is { } wait ? (long)Math.Round(wait.For.TotalMilliseconds) : null,
            Count = count,
            First = count > 1 ? first : null,
            Detail = ContentionText.Of(key, caller, claim, waited),
        };
}
