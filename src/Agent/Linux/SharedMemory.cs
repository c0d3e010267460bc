using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux;

/// <summary>
/// Anonymous memory with a handle (memfd): a process that is given the handle sees what another wrote, also after that one was killed.
/// </summary>
internal sealed unsafe class SharedMemory : IDisposable
{
    private const uint CloseOnExec = 1;
    private const int ReadWrite = 3;
    private const int Shared = 1;

    private readonly byte* _start;
    private readonly int _size;

    private SharedMemory(SafeFileHandle file, byte* start, int size)
    {
        File = file;
        _start = start;
        _size = size;
    }

    public SafeFileHandle File { get; }

    public Span<byte> Bytes => new(_start, _size);

    /// <summary>Makes memory full of zeros; a page costs nothing until it is touched.</summary>
    /// <exception cref="IOException">The kernel gave none.</exception>
    public static SharedMemory Create(string name, int size)
    {
        SafeFileHandle file = new(Native.MemoryFile(name, CloseOnExec), ownsHandle: true);
        if (file.IsInvalid || Native.Truncate(file, size) is not 0)
        {
            string reason = Posix.Describe(Marshal.GetLastPInvokeError());
            file.Dispose();
            throw new IOException($"{size} bytes of shared memory cannot be had: {reason}.");
        }

        return Map(file, size);
    }

    /// <summary>Maps memory that another process made; owns the handle from then on.</summary>
    /// <exception cref="IOException">It is not as large as it has to be, or cannot be mapped.</exception>
    public static SharedMemory Adopt(SafeFileHandle file, int size)
    {
        if (RandomAccess.GetLength(file) < size)
        {
            file.Dispose();
            throw new IOException($"The shared memory that was handed over is smaller than {size} bytes.");
        }

        return Map(file, size);
    }

    // Threads may still write to it while the process ends: it is given back with the process, or by the owner that joined them.
    public void Dispose()
    {
        _ = Native.Unmap(_start, (nuint)_size);
        File.Dispose();
    }

    private static SharedMemory Map(SafeFileHandle file, int size)
    {
        nint start = Native.Map(0, (nuint)size, ReadWrite, Shared, file, 0);
        if (start is -1)
        {
            string reason = Posix.Describe(Marshal.GetLastPInvokeError());
            file.Dispose();
            throw new IOException($"{size} bytes of shared memory cannot be mapped: {reason}.");
        }

        return new SharedMemory(file, (byte*)start, size);
    }
}
