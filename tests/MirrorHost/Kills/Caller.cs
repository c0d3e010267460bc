using System.Diagnostics;
using Fleet.Agent.Linux;
using Microsoft.Win32.SafeHandles;

namespace Fleet.MirrorHost.Kills;

/// <summary>A tool in a thread of its own, at work without a pause. What it does is one call after another; each may fail, none may hang.</summary>
internal abstract class Caller(string name, string config)
{
    private long _since;
    private volatile bool _stop;
    private Thread? _thread;
    private long _calls;
    private long _failures;

    public string Name => name;

    public long Calls => Interlocked.Read(ref _calls);

    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>What went wrong that must not: told once a kind.</summary>
    public string? Wrong { get; protected set; }

    /// <summary>How long the call at hand has lasted.</summary>
    public TimeSpan InCall => Interlocked.Read(ref _since) is var since && since is 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(since);

    public TimeSpan Longest { get; private set; }

    protected string Config => config;

    public void Start()
    {
        _thread = new Thread(Work) { IsBackground = true, Name = name };
        _thread.Start();
    }

    public void RequestStop() => _stop = true;

    public bool Join(TimeSpan limit) => _thread!.Join(limit);

    /// <summary>One call.</summary>
    /// <returns>0, or the error number.</returns>
    protected abstract int Call();

    protected static int Open(string path, int flags, out SafeFileHandle file)
    {
        _ = Posix.TryOpen(path, flags, out file, out int error);
        return error;
    }

    private void Work()
    {
        while (!_stop)
        {
            long start = Stopwatch.GetTimestamp();
            Interlocked.Exchange(ref _since, start);
            int error = Call();
            Interlocked.Exchange(ref _since, 0);
            TimeSpan took = Stopwatch.GetElapsedTime(start);
            Longest = took > Longest ? took : Longest;
            Interlocked.Increment(ref _calls);
            if (error is not 0)
            {
                Interlocked.Increment(ref _failures);
                Thread.Yield();
            }
        }
    }
}
