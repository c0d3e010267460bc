using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>A thread that waits at one descriptor until it is disposed. Sensors listen on threads of their own: they must not wait for a pool that is busy.</summary>
internal sealed class DescriptorLoop : IDisposable
{
    private const int StackSize = 256 * 1024;
    private const short NotOpen = 0x20; // POLLNVAL

    private readonly SafeFileHandle _file;
    private readonly Wakeup _wake;
    private readonly Func<bool> _readable;
    private readonly Action? _tick;
    private readonly int _every;
    private readonly Thread _thread;
    private volatile bool _stopping;
    private int _pause;

    private DescriptorLoop(string name, SafeFileHandle file, Wakeup wake, Func<bool> readable, Action? tick, TimeSpan every)
    {
        _file = file;
        _wake = wake;
        _readable = readable;
        _tick = tick;
        _every = tick is null ? -1 : (int)every.TotalMilliseconds;
        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = name };
    }

    /// <summary>Starts waiting.</summary>
    /// <param name="name">Name of the thread.</param>
    /// <param name="file">What to wait at; stays the caller's, and must live longer than the loop.</param>
    /// <param name="readable">Called when there is something to read; false ends the loop.</param>
    /// <param name="tick">Called when nothing came for a while; null for never.</param>
    /// <param name="every">How long a while is.</param>
    /// <exception cref="IOException">No descriptor is left to stop it with.</exception>
    public static DescriptorLoop Start(string name, SafeFileHandle file, Func<bool> readable, Action? tick = null, TimeSpan every = default)
    {
        DescriptorLoop loop = new(name, file, new Wakeup(), readable, tick, every);
        loop._thread.Start();
        return loop;
    }

    /// <summary>From within the loop: leaves the descriptor alone for a while, so that whoever floods it costs no more than so much.</summary>
    public void Pause(TimeSpan length) => _pause = (int)length.TotalMilliseconds;

    /// <summary>Ends the thread and waits for it; not from within it.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        if (Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }

        _wake.Dispose();
    }

    private unsafe void Run()
    {
        PollEntry* entries = stackalloc PollEntry[2];
        while (!_stopping)
        {
            entries[0] = new PollEntry { Descriptor = (int)_file.DangerousGetHandle(), Wanted = PollEntry.Readable };
            entries[1] = new PollEntry { Descriptor = (int)_wake.Handle.DangerousGetHandle(), Wanted = PollEntry.Readable };
            int pause = Interlocked.Exchange(ref _pause, 0);
            int ready = pause > 0 ? Native.Poll(entries + 1, 1, pause) : Native.Poll(entries, 2, _every);
            if (ready < 0 && Marshal.GetLastPInvokeError() is not Errno.Interrupted)
            {
                return;
            }

            if (_stopping)
            {
                return;
            }

            if (ready is 0)
            {
                if (pause is 0)
                {
                    _tick?.Invoke();
                }
            }
            else if (ready > 0 && entries[0].Found is not 0 && (!_readable() || (entries[0].Found & NotOpen) is not 0))
            {
                return;
            }
        }
    }
}
