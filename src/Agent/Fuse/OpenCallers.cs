using System.Collections.Concurrent;
using Fleet.Agent.Linux;
using Fleet.Contracts;

namespace Fleet.Agent.Fuse;

/// <summary>
/// Who uses one open file. Usually the opener alone; but its other threads come with their own ids, and a child
/// inherits the file. The privilege stays the opener's, as it does in sysfs.
/// </summary>
internal sealed class OpenCallers
{
    private const int KnownLimit = 64;

    private readonly ConcurrentDictionary<int, Caller> _known = new();
    private readonly int _opener;
    private readonly Caller _caller;

    public OpenCallers(int tid, uint uid)
    {
        _opener = tid;
        _caller = CallerReader.Read(tid, uid, out bool privileged);
        Privileged = privileged;
    }

    public bool Privileged { get; }

    public Caller Find(int tid, uint uid)
    {
        if (tid == _opener)
        {
            return _caller;
        }

        if (_known.TryGetValue(tid, out Caller? known))
        {
            return known;
        }

        Caller read = CallerReader.Read(tid, uid, out _);
        Caller caller = read.Pid == _caller.Pid && read.StartTime == _caller.StartTime ? _caller : read;
        if (_known.Count >= KnownLimit)
        {
            _known.Clear();
        }

        _known[tid] = caller;
        return caller;
    }
}
