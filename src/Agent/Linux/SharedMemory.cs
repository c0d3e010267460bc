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

    private readonly bool _owned;

    private SharedMemory(SafeFileHandle file, bool owned, byte* start, int size)
    {
        _owned = owned;
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

        return Adopt(file, size);
    }

    /// <summary>Maps memory that another process made; owns the handle from then on.</summary>
    /// <exception cref="IOException">It is not as large as it has to be, or cannot be mapped.</exception>
    public static SharedMemory Adopt(SafeFileHandle file, int size)
    {
        try
        {
            return Map(file, owned: true, size);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Maps memory whose handle stays the caller's.</summary>
    /// <exception cref="IOException">It is not as large as it has to be, or cannot be mapped.</exception>
    public static SharedMemory Share(SafeFileHandle file, int size) => Map(file, owned: false, size);

    // By the collector, once nobody can reach it any more: a thread that is about to end, or the completion of an access that was
    // parked, may still write to it after its owner is done, and a write to memory that is gone kills the process.
    ~SharedMemory() => _ = Native.Unmap(_start, (nuint)_size);

    /// <summary>Closes the handle; the memory stays for those who still use it.</summary>
#pragma warning disable CA1816 // The finalizer still has the memory to give back.
    public void Dispose()
#pragma warning restore CA1816
    {
        if (_owned)
        {
            File.Dispose();
        }
    }

    private static SharedMemory Map(SafeFileHandle file, bool owned, int size)
    {
        // A page beyond its end would kill the process that touches it.
        if (RandomAccess.GetLength(file) < size)
        {
            throw new IOException($"The shared memory that was handed over is smaller than {size} bytes.");
        }

        nint start = Native.Map(0, (nuint)size, ReadWrite, Shared, file, 0);
        return start is not -1
            ? new SharedMemory(file, owned, (byte*)start, size)
            : throw new IOException($"{size} bytes of shared memory cannot be mapped: {Posix.Describe(Marshal.GetLastPInvokeError())}.");
    }
}
