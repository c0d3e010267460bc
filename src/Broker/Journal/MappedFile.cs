using System.IO.MemoryMappedFiles;

namespace Fleet.Broker;

/// <summary>
/// A file mapped shared: what is stored in it is the kernel's at once and survives a kill -9 of this process.
/// The file is allocated in full when it is made, since a store into a hole of a full disk would end the process (SIGBUS).
/// </summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private readonly int _length;
    private volatile bool _closed;

    private MappedFile(MemoryMappedFile map, MemoryMappedViewAccessor view, int length)
    {
        _map = map;
        _view = view;
        _length = length;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
    }

    /// <summary>The bytes; valid between a successful <see cref="TryEnter"/> and its <see cref="Exit"/>.</summary>
    public Span<byte> Bytes => new(_start, _length);

    public static MappedFile Open(string path, int length)
    {
        FileStreamOptions options = new()
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite,
        };
        if (!File.Exists(path))
        {
            options.Mode = FileMode.CreateNew;
            options.PreallocationSize = length;
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }
        }

        FileStream stream = new(path, options);
        if (stream.Length < length)
        {
            stream.SetLength(length);
        }

        MemoryMappedFile map = MemoryMappedFile.CreateFromFile(
            stream, mapName: null, length, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
        return new MappedFile(map, map.CreateViewAccessor(0, length, MemoryMappedFileAccess.ReadWrite), length);
    }

    /// <summary>The same without a file: it ends with the process.</summary>
    public static MappedFile InMemory(int length)
    {
        MemoryMappedFile map = MemoryMappedFile.CreateNew(mapName: null, length);
        return new MappedFile(map, map.CreateViewAccessor(0, length, MemoryMappedFileAccess.ReadWrite), length);
    }

    /// <summary>Keeps the mapping while a thread works in it; false when it is closed.</summary>
    public bool TryEnter()
    {
        if (_closed)
        {
            return false;
        }

        bool entered = false;
        try
        {
            _view.SafeMemoryMappedViewHandle.DangerousAddRef(ref entered);
        }
        catch (ObjectDisposedException)
        {
            // Closed between the two looks.
        }

        return entered;
    }

    public void Exit() => _view.SafeMemoryMappedViewHandle.DangerousRelease();

    public void Dispose()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        _view.Flush();
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
    }
}
