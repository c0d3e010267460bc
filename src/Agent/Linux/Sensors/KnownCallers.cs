using Fleet.Contracts;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>
/// Whose threads sensors were told of: read once, then known while the process lives. For one thread of the agent alone.
/// </summary>
internal sealed class KnownCallers(ExecutableHashes hashes) : IDisposable
{
    private const int MostKnown = 128;

    private readonly Dictionary<int, (Caller Caller, ProcessHandle Process)> _known = [];

    /// <summary>The process of a thread; null when it is gone and was never seen. The agent itself has the agent's own id.</summary>
    public Caller? Find(int tid)
    {
        bool isKnown = _known.TryGetValue(tid, out (Caller Caller, ProcessHandle Process) known);
        if (isKnown && !known.Process.HasEnded)
        {
            return known.Caller;
        }

        if (CallerReader.TryRead(tid, hashes) is not { } caller)
        {
            // What it did before its end is told after it: it was this one, as nobody has its number since.
            return isKnown ? known.Caller : null;
        }

        if (isKnown)
        {
            known.Process.Dispose();
            _known.Remove(tid);
        }

        Keep(tid, caller);
        return caller;
    }

    public void Dispose()
    {
        foreach ((_, ProcessHandle process) in _known.Values)
        {
            process.Dispose();
        }

        _known.Clear();
    }

    private void Keep(int tid, Caller caller)
    {
        // Opened after it was read: when it lives now and began when we read, it is the one that was read.
        ProcessHandle? process = ProcessHandle.TryOpen(caller.Pid);
        if (process is null)
        {
            return;
        }

        if (CallerReader.ReadStartTime(caller.Pid) != caller.StartTime)
        {
            process.Dispose();
            return;
        }

        if (_known.Count >= MostKnown)
        {
            Dispose();
        }

        _known[tid] = (caller, process);
    }
}
