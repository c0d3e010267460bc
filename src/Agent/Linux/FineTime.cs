using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux;

/// <summary>
/// The machine's time with timers that keep microseconds: those of the runtime count whole milliseconds, and a mailbox may answer in
/// less. Timers of two milliseconds and more are the runtime's own. One thread, which sleeps in the kernel unless a fine timer runs.
/// </summary>
internal sealed class FineTime : TimeProvider, IDisposable
{
    private const int Monotonic = 1; // CLOCK_MONOTONIC
    private const int CloseOnExec = 0x80000;

    private static readonly TimeSpan Coarse = TimeSpan.FromMilliseconds(2);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<(FineTimer Timer, long Ticket), long> _due = new();
    private readonly SafeFileHandle _timer;
    private readonly Thread? _thread;
    private bool _closing;

    public FineTime()
    {
        _timer = new SafeFileHandle(Native.CreateTimer(Monotonic, CloseOnExec), ownsHandle: true);
        if (!_timer.IsInvalid)
        {
            _thread = new Thread(Run) { IsBackground = true, Name = "fine-time" };
            _thread.Start();
        }
    }

    /// <summary>Makes a timer; where the kernel has none to give, the runtime's.</summary>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return _thread is not null && IsFine(dueTime, period)
            ? new FineTimer(this, callback, state, dueTime)
            : base.CreateTimer(callback, state, dueTime, period);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_closing)
            {
                return;
            }

            _closing = true;
            Arm(1);
        }

        _thread?.Join();
        _timer.Dispose();
    }

    private static bool IsFine(TimeSpan dueTime, TimeSpan period) =>
        dueTime > TimeSpan.Zero && dueTime < Coarse && period == Timeout.InfiniteTimeSpan;

    private void Schedule(FineTimer timer, long ticket, TimeSpan dueTime)
    {
        long at = Stopwatch.GetTimestamp() + (long)(dueTime.TotalSeconds * Stopwatch.Frequency);
        lock (_gate)
        {
            _due.Enqueue((timer, ticket), at);
            ArmFirst();
        }
    }

    private unsafe void Run()
    {
        ulong expirations;
        while (Native.Read(_timer, (byte*)&expirations, sizeof(ulong)) > 0 || !_closing)
        {
            List<(FineTimer Timer, long Ticket)> fired = [];
            lock (_gate)
            {
                if (_closing)
                {
                    return;
                }

                while (_due.TryPeek(out (FineTimer, long) next, out long at) && at <= Stopwatch.GetTimestamp())
                {
                    _due.Dequeue();
                    fired.Add(next);
                }

                ArmFirst();
            }

            foreach ((FineTimer timer, long ticket) in fired)
            {
                timer.Fire(ticket);
            }
        }
    }

    private void ArmFirst()
    {
        if (_due.TryPeek(out _, out long at))
        {
            Arm(Math.Max(at - Stopwatch.GetTimestamp(), 1));
        }
    }

    /// <summary>Wakes the thread after so many ticks of the stopwatch, at once when that is not in the future.</summary>
    private unsafe void Arm(long ticks)
    {
        long nanoseconds = Math.Max((long)(ticks * (1e9 / Stopwatch.Frequency)), 1);
        TimerSetting setting = new() { FirstSeconds = nanoseconds / 1_000_000_000, FirstNanoseconds = nanoseconds % 1_000_000_000 };
        _ = Native.SetTimer(_timer, 0, &setting, null); // Fails only for a handle or a setting that is none.
    }

    private sealed class FineTimer : ITimer
    {
        private readonly FineTime _time;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private ITimer? _coarse;
        private long _ticket;

        public FineTimer(FineTime time, TimerCallback callback, object? state, TimeSpan dueTime)
        {
            _time = time;
            _callback = callback;
            _state = state;
            time.Schedule(this, _ticket, dueTime);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            long ticket = Interlocked.Increment(ref _ticket); // What was scheduled before fires no more.
            if (IsFine(dueTime, period))
            {
                _coarse?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                _time.Schedule(this, ticket, dueTime);
                return true;
            }

            _coarse ??= System.CreateTimer(_callback, _state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return _coarse.Change(dueTime, period);
        }

        /// <summary>Calls back on a thread of the pool, so that no callback holds up the next timer.</summary>
        public void Fire(long ticket)
        {
            if (Interlocked.Read(ref _ticket) == ticket)
            {
                ThreadPool.UnsafeQueueUserWorkItem(static timer => timer._callback(timer._state), this, preferLocal: false);
            }
        }

        public void Dispose()
        {
            Interlocked.Increment(ref _ticket);
            _coarse?.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
