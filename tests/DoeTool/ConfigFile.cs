using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Fleet.DoeTool;

/// <summary>A configuration space file, read and written a dword at a time.</summary>
internal sealed class ConfigFile(string path) : IDisposable
{
    private SafeFileHandle _handle = Open(path);

    public uint Read(int offset)
    {
        Span<byte> bytes = stackalloc byte[4];
        int count = RandomAccess.Read(_handle, bytes, offset);
        return count is 4 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : uint.MaxValue;
    }

    public void Write(int offset, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        RandomAccess.Write(_handle, bytes, offset);
    }

    public void Reopen()
    {
        _handle.Dispose();
        _handle = Open(path);
    }

    public void Dispose() => _handle.Dispose();

    private static SafeFileHandle Open(string path) => File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
}
