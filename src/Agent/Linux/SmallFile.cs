using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux;

/// <summary>
/// Reads the small files of /proc and /sys: bounded, one read call after another until the end, never by their size
/// (sysfs says 4096 and holds less, /proc says 0 and holds more).
/// </summary>
internal static class SmallFile
{
    private const int Limit = 16 * 1024;

    /// <summary>The file's text without trailing white space; null when it cannot be read.</summary>
    public static string? TryRead(string path)
    {
        if (!Posix.TryOpen(path, Native.OpenReadOnly | Native.OpenNonBlocking, out SafeFileHandle file, out _))
        {
            return null;
        }

        using (file)
        {
            Span<byte> buffer = stackalloc byte[Limit];
            int total = 0;
            while (total < buffer.Length)
            {
                int count = Posix.Read(file, buffer[total..]);
                if (count < 0 && total is 0)
                {
                    return null;
                }

                if (count <= 0)
                {
                    break;
                }

                total += count;
            }

            return Encoding.UTF8.GetString(buffer[..total]).TrimEnd('\n', '\0', ' ');
        }
    }
}
