namespace Fleet.Web;

/// <summary>
/// Many signals, few runs: the action runs one quiet interval after the first signal, never twice at once,
/// and once more when a signal came while it ran.
/// </summary>
internal sealed class Coalescer : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Func<Task> _run;
    private readonly TimeSpan _interval;
    private readonly ITimer _timer;
    private bool _armed;
    private bool _running;
    private bool _again;
    private bool _disposed;

    public Coalescer(TimeProvider time, TimeSpan interval, Func<Task> run)
    {
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
        _timer.Change(_interval, Timeout.InfiniteTimeSpan);
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

        try
        {
            await _run();
        }
        finally
        {
            lock (_gate)
            {
                _running = false;
                if (_again && !_disposed)
                {
                    Arm();
                }
            }
        }
    }
}
