using System.Collections.Concurrent;
using System.Diagnostics;
using Fleet.Broker;

namespace Fleet.Agent.Fuse.Requests;

/// <summary>
/// The workers of one connection. One serves a single caller fastest; a second comes when requests queue up, more when all that there are
/// hang in the kernel on a function that does not answer. What is parked keeps its slot and no worker.
/// </summary>
internal sealed class FuseSession : IDisposable
{
    /// <summary>Largest read or directory listing in one request.</summary>
    public const int MaxTransfer = 64 * 1024;

    /// <summary>Largest write in one request: a whole configuration space.</summary>
    public const int MaxWrite = 4096;

    /// <summary>Room for a reply with its header.</summary>
    public const int BufferSize = MaxTransfer + 4096;

    private const int MostByLoad = 2;
    private const int MostWorkers = 32;
    private const int QuietLooks = 10;

    private readonly FuseConnection _connection;
    private readonly FuseDispatcher _dispatcher;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly List<(FuseWorker Worker, Thread Thread)> _workers = [];
    private readonly ConcurrentQueue<RequestSlot> _left;
    private readonly ReplySender _sender;
    private readonly SignalWatch _signals;
    private readonly ITimer _watch;
    private ulong[] _busy = [];
    private int _started;
    private int _watching;
    private int _quiet;

    private FuseSession(FuseConnection connection, FuseDispatcher dispatcher, TimeProvider time, ILogger log)
    {
        _connection = connection;
        _dispatcher = dispatcher;
        _log = log;
        _left = new ConcurrentQueue<RequestSlot>(connection.Left);
        _sender = new ReplySender(connection, log);
        _signals = new SignalWatch(connection.Slots, _sender);
        _watch = time.CreateTimer(_ => Watch(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public static FuseSession Start(FuseConnection connection, FuseDispatcher dispatcher, TimeProvider time, ILogger log)
    {
        FuseSession session = new(connection, dispatcher, time, log);
        session.Grow(1);
        return session;
    }

    /// <summary>Waits for the workers to end.</summary>
    /// <returns>False when one still runs after the limit.</returns>
    public bool Join(TimeSpan limit)
    {
        long start = Stopwatch.GetTimestamp();
        Thread[] threads;
        lock (_gate)
        {
            threads = [.. _workers.Select(worker => worker.Thread)];
        }

        foreach (Thread thread in threads)
        {
            TimeSpan left = limit - Stopwatch.GetElapsedTime(start);
            if (!thread.Join(left < TimeSpan.Zero ? TimeSpan.Zero : left))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Gives up what is parked. Call it once the kernel has ended the connection.</summary>
    public void Dispose()
    {
        _watch.Dispose();
        foreach (RequestSlot slot in _connection.Slots.Slots)
        {
            slot.Parked?.Cancel(AccessStatus.Interrupted);
        }
    }

    /// <summary>Called by a worker that has begun a request: from now on somebody looks whether it hangs. A mirror at rest wakes nobody.</summary>
    internal void Attend()
    {
        if (Interlocked.CompareExchange(ref _watching, 1, 0) is 0)
        {
            _watch.Change(SignalWatch.Interval, SignalWatch.Interval);
        }
    }

    /// <summary>Called by a worker now and then: whether more requests wait while it is at one.</summary>
    /// <returns>False when there are workers enough without this one.</returns>
    internal bool KeepWorker(FuseWorker worker, bool more)
    {
        if (more)
        {
            worker.Quiet = 0;
            Grow(MostByLoad);
            return true;
        }

        if (++worker.Quiet < FuseWorker.QuietLimit)
        {
            return true;
        }

        lock (_gate)
        {
            // The last one that is not stuck stays.
            return !_workers.Exists(other => other.Worker != worker && other.Worker.Current is 0)
                || _workers.RemoveAll(other => other.Worker == worker) is 0;
        }
    }

    // Whoever is removed from the list above is about to end and holds nothing; Join need not wait for it.
    private void Grow(int most)
    {
        lock (_gate)
        {
            if (_workers.Count >= most)
            {
                return;
            }

            FuseWorker worker = new(_connection, _started % _connection.Devices.Count, _dispatcher, this, _signals, _sender, _left, _log);
            Thread thread = new(worker.Run) { IsBackground = true, Name = $"fuse-{_started++}" };
            _workers.Add((worker, thread));
            thread.Start();
        }
    }

    private void Watch()
    {
        _signals.Look();
        ulong[] busy;
        lock (_gate)
        {
            busy = [.. _workers.Select(worker => worker.Worker.Current)];
        }

        // All at the same requests as the last time: they hang in the kernel, and other callers must not wait for that.
        if (busy.Length > 0 && !busy.Contains(0UL) && busy.SequenceEqual(_busy))
        {
            if (busy.Length < MostWorkers)
            {
                _log.WorkersBusy(busy.Length, SignalWatch.Interval);
                Grow(busy.Length + 1);
            }
        }

        _busy = busy;
        Rest(Array.TrueForAll(busy, request => request is 0) && !_signals.Any);
    }

    private void Rest(bool idle)
    {
        _quiet = idle ? _quiet + 1 : 0;
        if (_quiet < QuietLooks)
        {
            return;
        }

        _quiet = 0;
        _watch.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Interlocked.Exchange(ref _watching, 0);
        bool begun;
        lock (_gate)
        {
            begun = _workers.Exists(worker => worker.Worker.Current is not 0);
        }

        // A request that began just before saw that somebody was watching.
        if (begun || _signals.Any)
        {
            Attend();
        }
    }
}
