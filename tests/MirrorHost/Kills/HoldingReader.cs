using Fleet.Agent.Linux;
using Microsoft.Win32.SafeHandles;

namespace Fleet.MirrorHost.Kills;

/// <summary>Reads from one file that it opened before the first kill, for as long as that works; then it opens anew.</summary>
/// <param name="config">The file.</param>
/// <param name="expected">What is there for whoever goes through the broker; the tree's own file holds zeros.</param>
/// <param name="mayBeRaw">Whether it may get around the broker.</param>
/// <param name="forLife">Whether the file must go on working.</param>
internal sealed class HoldingReader(string config, uint expected, bool mayBeRaw, bool forLife) : Caller("holding reader", config)
{
    private SafeFileHandle? _file;

    protected override int Call()
    {
        if (_file is null && Open(Config, Native.OpenReadOnly, out _file) is var error && error is not 0)
        {
            _file = null;
            return error;
        }

        Span<byte> word = stackalloc byte[4];
        int count = Posix.ReadAt(_file!, 0, word);
        if (count is 4)
        {
            if (BitConverter.ToUInt32(word) is var value && value != expected && !mayBeRaw)
            {
                Wrong = $"read {value:x8} in place of {expected:x8}";
            }

            return 0;
        }

        if (forLife)
        {
            Wrong = $"a read through the open file failed ({count})";
        }

        _file!.Dispose();
        _file = null;
        return count < 0 ? -count : Errno.InputOutput;
    }
}
