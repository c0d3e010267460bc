using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux;

/// <summary>
/// One agent per run directory. The kernel drops the lock with the process, however that ends; the file stays behind
/// and means nothing by itself. Two agents with a host's hardware would each believe to be its only door.
/// </summary>
internal sealed class AgentLock : IDisposable
{
    private const int ContentLimit = 64;

    private readonly SafeFileHandle _file;

    private AgentLock(SafeFileHandle file) => _file = file;

    /// <summary>Takes the lock without waiting.</summary>
    /// <param name="path">The lock file; made when absent, its directory must exist.</param>
    /// <param name="holder">Who has it ("process 123"), or why it cannot be taken; empty on success.</param>
    public static AgentLock? TryTake(string path, out string holder)
    {
        if (!Posix.TryOpen(path, Native.OpenReadWrite | Native.OpenCreate, out SafeFileHandle file, out int error))
        {
            holder = $"nobody, but '{path}' cannot be opened: {Posix.Describe(error)}";
            return null;
        }

        if (Native.Lock(file, Native.LockExclusive | Native.LockNonBlocking) is not 0)
        {
            holder = ReadHolder(file);
            file.Dispose();
            return null;
        }

        // Padded, so that a shorter pid overwrites a longer one whole without truncating the file.
        string text = Environment.ProcessId.ToString(CultureInfo.InvariantCulture).PadRight(ContentLimit - 1) + "\n";
        _ = Posix.WriteAt(file, 0, Encoding.ASCII.GetBytes(text));
        holder = "";
        return new AgentLock(file);
    }

    public void Dispose() => _file.Dispose();

    private static string ReadHolder(SafeFileHandle file)
    {
        Span<byte> content = stackalloc byte[ContentLimit];
        int count = Math.Max(0, Posix.ReadAt(file, 0, content));
        string text = Encoding.ASCII.GetString(content[..count]).Trim();
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? $"process {pid}" : "an unknown process";
    }
}
