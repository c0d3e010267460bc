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

    // A thread id is given again only after all others were: in this time no machine starts so many threads.
    private const long TrustedMilliseconds = 50;

    private readonly ConcurrentDictionary<int, Known> _known = new();
    private readonly Known _opener;
    private readonly ExecutableHashes _hashes;

    /// <summary>The opener asks.</summary>
    public OpenCallers(int tid, uint uid, ExecutableHashes hashes)
    {
        _hashes = hashes;
        Caller caller = CallerReader.Read(tid, uid, out bool privileged, hashes);
        Privileged = privileged;
        _opener = new Known(tid, uid, caller);
    }

    /// <summary>Opened before this agent started: who uses it now stands for the opener, whose privilege is known.</summary>
    public OpenCallers(int tid, uint uid, bool privileged, ExecutableHashes hashes)
    {
        _hashes = hashes;
        _opener = new Known(tid, uid, CallerReader.Read(tid, uid, out _, hashes));
        Privileged = privileged;
    }

    public bool Privileged { get; }

    public Caller Find(int tid, uint uid)
    {
        if (tid == _opener.Tid && _opener.IsStill(uid))
        {
            return _opener.Caller;
        }

        if (_known.TryGetValue(tid, out Known? known) && known.IsStill(uid))
        {
            return known.Caller;
        }

        Caller read = CallerReader.Read(tid, uid, out _, _hashes);
        bool opener = read.Pid == _opener.Caller.Pid && read.StartTime == _opener.Caller.StartTime && read.Exe == _opener.Caller.Exe;
        if (_known.Count >= KnownLimit)
        {
            _known.Clear();
        }

        Known found = new(tid, uid, opener && uid == _opener.Caller.Uid ? _opener.Caller : read);
        _known[tid] = found;
        return found.Caller;
    }

    /// <summary>A thread and whose it is; that it is still the same thread is looked up now and then.</summary>
    private sealed class Known(int tid, uint uid, Caller caller)
    {
        private readonly ulong _started = CallerReader.ReadStartTime(tid);
        private long _checked = Environment.TickCount64;
        private volatile bool _gone; // for ever: who has the number now is somebody else

        public int Tid => tid;

        public Caller Caller => caller;

        public bool IsStill(uint by)
        {
            if (by != uid || _gone)
            {
                return false;
            }

            long now = Environment.TickCount64;
            if (now - Volatile.Read(ref _checked) < TrustedMilliseconds)
            {
                return true;
            }

            if (CallerReader.ReadStartTime(tid) != _started)
            {
                _gone = true;
                return false;
            }

            Volatile.Write(ref _checked, now);
            return true;
        }
    }
}
