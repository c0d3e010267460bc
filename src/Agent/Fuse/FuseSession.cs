using System.Diagnostics;
using Fleet.Agent.Linux;

namespace Fleet.Agent.Fuse;

/// <summary>The workers of one connection to the kernel.</summary>
internal sealed class FuseSession : IDisposable
{
    /// <summary>Largest read, write or directory listing in one request.</summary>
    public const int MaxTransfer = 64 * 1024;

    /// <summary>Room for a request or a reply with its headers.</summary>
    public const int BufferSize = MaxTransfer + 4096;

    private readonly FuseWorker[] _workers;
    private readonly Thread[] _threads;
    private readonly List<FuseDevice> _clones = [];
    private readonly ILogger _log;

    private FuseSession(FuseDevice device, FuseDispatcher dispatcher, int workers, ILogger log)
    {
        _log = log;
        _workers = new FuseWorker[workers];
        _threads = new Thread[workers];
        for (int index = 0; index < workers; index++)
        {
            FuseWorker worker = new(index is 0 ? device : Clone(device), dispatcher, this, log);
            _workers[index] = worker;
            _threads[index] = new Thread(worker.Run) { IsBackground = true, Name = $"fuse-{index}" };
        }
    }

    public static FuseSession Start(FuseDevice device, FuseDispatcher dispatcher, int workers, ILogger log)
    {
        FuseSession session = new(device, dispatcher, workers, log);
        foreach (Thread thread in session._threads)
        {
            thread.Start();
        }

        return session;
    }

    /// <summary>
    /// A caller was signalled while it waits. If the signal ends it, it gets EINTR at once and dies; else the request
    /// goes on, since a tool that merely handles a signal never gets EINTR from sysfs. An interrupt that overtook its
    /// request finds nothing, and the request is answered in the ordinary way.
    /// </summary>
    public void Interrupt(ulong unique)
    {
        foreach (FuseWorker worker in _workers)
        {
            if (worker.Slot.Holds(unique) && ProcessStatus.TryRead(worker.Slot.Thread) is { IsDying: true })
            {
                worker.Abandon(unique);
            }
        }
    }

    /// <summary>Waits for the workers to end.</summary>
    /// <returns>False when one still runs after the limit.</returns>
    public bool Join(TimeSpan limit)
    {
        long start = Stopwatch.GetTimestamp();
        foreach (Thread thread in _threads)
        {
            TimeSpan left = limit - Stopwatch.GetElapsedTime(start);
            if (!thread.Join(left < TimeSpan.Zero ? TimeSpan.Zero : left))
            {
                return false;
            }
        }

        return true;
    }

    public void Dispose()
    {
        foreach (FuseDevice clone in _clones)
        {
            clone.Dispose();
        }
    }

    // A worker that cannot have its own handle shares the first: slower with many callers, otherwise the same.
    private FuseDevice Clone(FuseDevice device)
    {
        if (device.TryClone(out int error) is not FuseDevice clone)
        {
            _log.CloneRefused(Posix.Describe(error));
            return device;
        }

        _clones.Add(clone);
        return clone;
    }
}
