namespace Fleet.Web;

/// <summary>
/// Many signals, few runs: the action runs one quiet interval after the first signal, never twice at once,
/// and once more when a signal came while it ran. After a run that took long the interval is four times as long as it took, so that what
/// is dear to read takes a fifth of the time at most, however many signals come.
/// </summary>
internal sealed class Coalescer : IDisposable
{
    private const int RestsForARun = 4;
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(10);
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly Func<Task> _run;
    private readonly TimeSpan _interval;
    private readonly ITimer _timer;
    private TimeSpan _took;
    private bool _armed;
    private bool _running;
    private bool _again;
    private bool _disposed;

    public Coalescer(TimeProvider time, TimeSpan interval, Func<Task> run)
    {
        _time = time;
        _run = run;
        _interval = interval;
        _timer = time.CreateTimer(_ => _ = FireAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Signal()
    {
        lock (_gate)
        {
            if (_disposed || _armed)
            {
                return;
            }

            if (_running)
            {
                _again = true;
                return;
            }

            Arm();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        _timer.Dispose();
    }

    private void Arm()
    {
        _armed = true;
        long rest = Math.Min((_took * RestsForARun).Ticks, LongestRest.Ticks);
        _timer.Change(TimeSpan.FromTicks(Math.Max(_interval.Ticks, rest)), Timeout.InfiniteTimeSpan);
    }

    private async Task FireAsync()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            (_armed, _running, _again) = (false, true, false);
        }

        long start = _time.GetTimestamp();
        try
        {
            await _run();
        }
        finally
        {
            lock (_gate)
            {
                _took = _time.GetElapsedTime(start);
                _running = false;
                if (_again && !_disposed)
                {
                    Arm();
                }
            }
        }
    }
}
