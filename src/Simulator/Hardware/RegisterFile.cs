using System.Buffers.Binary;

namespace Fleet.Simulator.Hardware;

/// <summary>The bytes of a configuration space, with what writes may change: nothing (RO), the bit (RW), or clear it with 1 (RW1C).</summary>
internal sealed class RegisterFile(int size)
{
    private readonly byte[] _values = new byte[size];
    private readonly byte[] _writable = new byte[size];
    private readonly byte[] _clearable = new byte[size];

    public int Size => size;

    public byte this[int offset]
    {
        get => _values[offset];
        set => _values[offset] = value;
    }

    /// <summary>Defines a dword.</summary>
    public void Define32(int offset, uint value, uint writable = 0, uint clearable = 0)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_values.AsSpan(offset), value);
        BinaryPrimitives.WriteUInt32LittleEndian(_writable.AsSpan(offset), writable);
        BinaryPrimitives.WriteUInt32LittleEndian(_clearable.AsSpan(offset), clearable);
    }

    /// <summary>Defines a word.</summary>
    public void Define16(int offset, ushort value, ushort writable = 0, ushort clearable = 0)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_values.AsSpan(offset), value);
        BinaryPrimitives.WriteUInt16LittleEndian(_writable.AsSpan(offset), writable);
        BinaryPrimitives.WriteUInt16LittleEndian(_clearable.AsSpan(offset), clearable);
    }

    /// <summary>Defines a byte.</summary>
    public void Define8(int offset, byte value, byte writable = 0)
    {
        _values[offset] = value;
        _writable[offset] = writable;
    }

    /// <summary>A copy of its first bytes, with what writes may change.</summary>
    public RegisterFile Copy(int length)
    {
        RegisterFile copy = new(length);
        _values.AsSpan(0, length).CopyTo(copy._values);
        _writable.AsSpan(0, length).CopyTo(copy._writable);
        _clearable.AsSpan(0, length).CopyTo(copy._clearable);
        return copy;
    }

    public uint Read32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_values.AsSpan(offset));

    /// <summary>What a write of one byte does.</summary>
    public void Write8(int offset, byte value)
    {
        byte kept = (byte)(_values[offset] & ~_writable[offset] & ~(value & _clearable[offset]));
        _values[offset] = (byte)(kept | (value & _writable[offset]));
    }
}
