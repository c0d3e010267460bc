using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>
/// The lines of one trace_pipe, so many a second and no more: whoever floods it costs the agent a bounded share of a processor. What
/// the kernel's buffer does not keep meanwhile the kernel counts.
/// </summary>
/// <param name="pipe">The pipe, open without waiting; closed with the stream.</param>
/// <param name="most">Lines that are taken of a second.</param>
/// <param name="time">The clock.</param>
internal sealed class TraceStream(SafeFileHandle pipe, int most, TimeProvider time) : IDisposable
{
    private const int BufferSize = 64 * 1024;
    private const int LongestLine = 1_024;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly StringBuilder _rest = new();
    private long _windowBegan = time.GetTimestamp();
    private int _lines;

    /// <summary>The pipe, to wait at.</summary>
    public SafeFileHandle Pipe => pipe;

    /// <summary>How long to leave the pipe alone: this second's lines are taken.</summary>
    public TimeSpan Pause
    {
        get
        {
            TimeSpan passed = time.GetElapsedTime(_windowBegan);
            return _lines > most && passed < Second ? Second - passed : TimeSpan.Zero;
        }
    }

    /// <summary>Takes what waits, at most a buffer full.</summary>
    /// <returns>False at the pipe's end.</returns>
    public bool Read(Action<string> take)
    {
        int count = Posix.Read(pipe, _buffer);
        if (count <= 0)
        {
            return count is -Errno.Again or -Errno.Interrupted or 0;
        }

        if (time.GetElapsedTime(_windowBegan) >= Second)
        {
            _windowBegan = time.GetTimestamp();
            _lines = 0;
        }

        _rest.Append(Encoding.Latin1.GetString(_buffer, 0, count));
        int taken = 0;
        string text = _rest.ToString();
        for (int end; (end = text.IndexOf('\n', taken)) >= 0; taken = end + 1)
        {
            _lines++;
            take(text[taken..end]);
        }

        _rest.Clear();
        if (text.Length - taken <= LongestLine)
        {
            _rest.Append(text, taken, text.Length - taken);
        }

        return true;
    }

    public void Dispose() => pipe.Dispose();
}
