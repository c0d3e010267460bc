using Fleet.Agent.Linux;
using Microsoft.Win32.SafeHandles;

namespace Fleet.MirrorHost.Kills;

/// <summary>Opens, reads everything and closes, as lspci does.</summary>
internal sealed class OpeningReader(string config, bool mustSucceed) : Caller("opening reader", config)
{
    private readonly byte[] _whole = new byte[4096];

    protected override int Call()
    {
        int error = Open(Config, Native.OpenReadOnly, out SafeFileHandle file);
        using (file)
        {
            int count = error is 0 ? Posix.ReadAt(file, 0, _whole) : -error;
            if (count != _whole.Length && mustSucceed)
            {
                Wrong = $"opening and reading failed ({count})";
            }

            return count < 0 ? -count : 0;
        }
    }
}
