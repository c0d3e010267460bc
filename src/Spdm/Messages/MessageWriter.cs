using System.Buffers.Binary;

namespace Fleet.Spdm.Messages;

/// <summary>Writes a message of known length; a length that does not come out is a bug of ours.</summary>
internal ref struct MessageWriter(int length)
{
    private readonly byte[] _bytes = new byte[length];
    private int _position;

    public void Header(SpdmVersion version, SpdmCode code, byte param1 = 0, byte param2 = 0)
    {
        Byte((byte)version);
        Byte((byte)code);
        Byte(param1);
        Byte(param2);
    }

    public void Byte(byte value) => _bytes[_position++] = value;

    public void UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(_position), value);
        _position += 2;
    }

    public void UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(_position), value);
        _position += 4;
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        value.CopyTo(_bytes.AsSpan(_position));
        _position += value.Length;
    }

    public void Zeros(int count) => _position += count;

    public readonly byte[] ToArray() => _position == _bytes.Length
        ? _bytes
        : throw new InvalidOperationException($"A message of {_bytes.Length} bytes was written with {_position}.");
}
