using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux;

/// <summary>
/// System calls on spans and safe handles. Results are counts, or the negative error number: an exception per failed
/// access would be dear, and .NET's own file calls hide the number (EPERM of lockdown looks like a missing permission).
/// </summary>
internal static unsafe class Posix
{
    private const int LinkLimit = 4096;
    private const int StatfsSize = 256; // struct statfs is 120 bytes; the rest is room.

    public static bool TryOpen(string path, int flags, out SafeFileHandle file, out int error)
    {
        int descriptor = Native.Open(path, flags | Native.OpenCloseOnExec, 0x180 /* 0600 */);
        error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        file = new SafeFileHandle(descriptor, ownsHandle: true);
        return descriptor >= 0;
    }

    /// <summary>Makes what was renamed, made or deleted in a directory survive a power cut.</summary>
    /// <exception cref="IOException">It cannot be promised.</exception>
    public static void SynchronizeDirectory(string path)
    {
        bool open = TryOpen(path, Native.OpenReadOnly, out SafeFileHandle directory, out int error);
        using (directory)
        {
            if (open && Native.Synchronize(directory) is 0)
            {
                return;
            }

            throw new IOException($"The directory {path} cannot be brought to disk: error {(open ? Marshal.GetLastPInvokeError() : error)}.");
        }
    }

    public static int Read(SafeFileHandle file, Span<byte> destination)
    {
        fixed (byte* pointer = destination)
        {
            return Result(Native.Read(file, pointer, (nuint)destination.Length));
        }
    }

    public static int Write(SafeFileHandle file, ReadOnlySpan<byte> source)
    {
        fixed (byte* pointer = source)
        {
            return Result(Native.Write(file, pointer, (nuint)source.Length));
        }
    }

    public static int Read(int descriptor, Span<byte> destination)
    {
        fixed (byte* pointer = destination)
        {
            return Result(Native.Read(descriptor, pointer, (nuint)destination.Length));
        }
    }

    public static int ReadAt(SafeFileHandle file, long offset, Span<byte> destination)
    {
        fixed (byte* pointer = destination)
        {
            return Result(Native.ReadAt(file, pointer, (nuint)destination.Length, offset));
        }
    }

    public static int WriteAt(SafeFileHandle file, long offset, ReadOnlySpan<byte> source)
    {
        fixed (byte* pointer = source)
        {
            return Result(Native.WriteAt(file, pointer, (nuint)source.Length, offset));
        }
    }

    /// <summary>Whether a read would find something now.</summary>
    public static bool IsReadable(SafeFileHandle file)
    {
        PollEntry entry = new() { Descriptor = (int)file.DangerousGetHandle(), Wanted = PollEntry.Readable };
        return Native.Poll(&entry, 1, 0) > 0 && (entry.Found & PollEntry.Readable) is not 0;
    }

    /// <summary>Sleeps in the kernel until one of the handles has something to read or its other side is gone.</summary>
    /// <param name="milliseconds">The most; -1 for as long as it takes.</param>
    /// <param name="handles">What to wait for, at most 8; open as long as the call lasts.</param>
    /// <returns>A bit for each handle that has; none when the time is over or a signal came.</returns>
    public static uint WaitReadable(int milliseconds, params ReadOnlySpan<SafeHandle> handles)
    {
        const int Most = 8;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(handles.Length, Most);
        PollEntry* entries = stackalloc PollEntry[Most];
        for (int i = 0; i < handles.Length; i++)
        {
            entries[i] = new PollEntry { Descriptor = (int)handles[i].DangerousGetHandle(), Wanted = PollEntry.Readable };
        }

        uint found = 0;
        if (Native.Poll(entries, (nuint)handles.Length, milliseconds) > 0)
        {
            for (int i = 0; i < handles.Length; i++)
            {
                found |= entries[i].Found is 0 ? 0 : 1u << i;
            }
        }

        return found;
    }

    public static bool TryStat(string path, bool follow, out FileStatus status)
    {
        FileStatus found;
        int flags = follow ? 0 : Native.AtNoFollow;
        bool ok = Native.Statx(Native.AtCurrentDirectory, path, flags, Native.StatxBasic, &found) is 0;
        status = ok ? found : default;
        return ok;
    }

    /// <summary>Device number of the file system that an open file is on, as the kernel has it cached: no server is asked.</summary>
    public static (uint Major, uint Minor)? DeviceOf(string path)
    {
        FileStatus found;
        return Native.Statx(Native.AtCurrentDirectory, path, Native.AtDoNotSync, 0, &found) is 0 ? (found.DevMajor, found.DevMinor) : null;
    }

    /// <summary>The link's own text; null when the path is no link.</summary>
    public static string? ReadLink(string path)
    {
        byte* buffer = stackalloc byte[LinkLimit];
        nint count = Native.ReadLink(path, buffer, LinkLimit);
        return count > 0 ? Encoding.UTF8.GetString(buffer, (int)count) : null;
    }

    /// <summary>0 when the file system at the path answers, else the error number (ENOTCONN: its server is dead).</summary>
    public static int Probe(string path)
    {
        byte* buffer = stackalloc byte[StatfsSize];
        return Native.Statfs(path, buffer) is 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    public static string Describe(int error) => $"{Marshal.GetPInvokeErrorMessage(error)} (errno {error})";

    private static int Result(nint count) => count < 0 ? -Marshal.GetLastPInvokeError() : (int)count;
}
