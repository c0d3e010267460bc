using Fleet.Contracts;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>
/// Whose threads sensors were told of: read once, then known while the process lives and
/// runs the same program. For one thread of the agent alone.
/// </summary>
/// <param name="hashes">Where hashes of executables come from; null to do without: reading an executable can take its time.</param>
internal sealed class KnownCallers(ExecutableHashes? hashes) : IDisposable
{
    private const int MostKnown = 128;

    private readonly Dictionary<int, (Caller Caller, ProcessHandle Process)> _known = [];

    /// <summary>The process behind an event, as far as it can still be known: at the least its id.</summary>
    public Caller Find(in NotifyEvent item) =>
        (item.IsGone ? Last(item.Pid) : Find(item.Pid, item.Process)) ?? new Caller { Pid = item.Pid, Uid = uint.MaxValue, Comm = "unknown" };

    /// <summary>The process of a thread; null when it is gone and was never seen. The agent itself has the agent's own id.</summary>
    /// <param name="tid">The thread's id.</param>
    /// <param name="process">The process that is meant, where it is known for certain.</param>
    public Caller? Find(int tid, ProcessHandle? process = null)
    {
        bool isKnown = _known.TryGetValue(tid, out (Caller Caller, ProcessHandle Process) known);
        if (isKnown && !known.Process.HasEnded && (Posix.ReadLink($"/proc/{known.Caller.Pid}/exe") ?? "") == known.Caller.Exe)
        {
            return known.Caller;
        }

        // Looked at after it was read: what was read is its own when it was there still.
        if (CallerReader.TryRead(tid, hashes) is not { } caller || process is { IsGone: true })
        {
            // What it did before its end is told after it: it was this one, as nobody has its number since.
            return Last(tid);
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

    private Caller? Last(int tid) => _known.TryGetValue(tid, out (Caller Caller, ProcessHandle Process) known) ? known.Caller : null;

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
