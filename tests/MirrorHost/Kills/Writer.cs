using Fleet.Agent.Linux;
using Microsoft.Win32.SafeHandles;

namespace Fleet.MirrorHost.Kills;

/// <summary>
/// Writes a register that nobody else writes, and reads it back: what was written with success is there, and what failed is either there
/// or is not.
/// </summary>
internal sealed class Writer(string config, bool check) : Caller("writer", config)
{
    private const int InterruptLine = 0x3c; // a byte that software may write as it likes

    private SafeFileHandle? _file;
    private byte _value;
    private byte? _doubtful;
    private bool _known;

    public long Unknown { get; private set; }

    protected override int Call()
    {
        if (_file is null && Open(Config, Native.OpenReadWrite, out _file) is var error && error is not 0)
        {
            _file = null;
            return error;
        }

        byte next = (byte)(_value + 1);
        int count = Posix.WriteAt(_file!, InterruptLine, [next]);
        if (count is 1)
        {
            (_value, _doubtful, _known) = (next, null, true);
        }
        else
        {
            _doubtful = next;
            Unknown += count is -Errno.InputOutput ? 1 : 0;
        }

        Span<byte> there = stackalloc byte[1];
        int read = Posix.ReadAt(_file!, InterruptLine, there);
        if (check && _known && read is 1 && there[0] != _value && there[0] != _doubtful)
        {
            Wrong = $"the register holds {there[0]}; {_value} was written with success, and {_doubtful?.ToString() ?? "nothing"} after it without";
        }

        if (read is 1)
        {
            _value = there[0];
        }
        else
        {
            _file!.Dispose();
            _file = null;
        }

        return count < 0 ? -count : 0;
    }
}
