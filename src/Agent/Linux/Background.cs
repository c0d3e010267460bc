using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux;

/// <summary>Leaves the terminal and the process that started this one: their end is no concern any more.</summary>
internal static class Background
{
    private const int WriteOnly = 1;
    private const int Truncate = 0x200;
    private const int Append = 0x400;
    private const long LogLimit = 1 << 20;

    /// <summary>Writes to standard output as it is now; the runtime's own writer would keep the one it was first used with.</summary>
    public static void WriteOutput(ReadOnlySpan<byte> text) => Write(1, text);

    /// <summary>Writes to standard error as it is now.</summary>
    public static void WriteError(ReadOnlySpan<byte> text) => Write(2, text);

    /// <summary>Enters a session of its own; what is written from here on goes to a file.</summary>
    public static void Enter(string logPath)
    {
        _ = Native.NewSession(); // fails for the leader of a session, which is where we want to be
        bool large = File.Exists(logPath) && new FileInfo(logPath).Length > LogLimit;
        Redirect("/dev/null", Native.OpenReadOnly, 0);
        Redirect(logPath, WriteOnly | Native.OpenCreate | (large ? Truncate : Append), 1, 2);
        Directory.SetCurrentDirectory("/"); // or the file system it was started in could not be unmounted
    }

    private static void Redirect(string path, int flags, params ReadOnlySpan<int> descriptors)
    {
        if (!Posix.TryOpen(path, flags, out SafeFileHandle file, out _))
        {
            return;
        }

        foreach (int descriptor in descriptors)
        {
            _ = Native.Duplicate(file, descriptor);
        }

        file.Dispose();
    }

    private static void Write(int descriptor, ReadOnlySpan<byte> text)
    {
        using SafeFileHandle file = new(descriptor, ownsHandle: false);
        _ = Posix.Write(file, text);
    }
}
