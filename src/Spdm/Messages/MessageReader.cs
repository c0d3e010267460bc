using System.Buffers.Binary;

namespace Fleet.Spdm.Messages;

/// <summary>Reads a peer's message within its bounds: after the first read beyond the end everything fails.</summary>
internal struct MessageReader(ReadOnlyMemory<byte> source)
{
    private const int MaxPadding = 3;

    private readonly ReadOnlyMemory<byte> _source = source;

    public int Position { get; private set; }

    public bool Failed { get; private set; }

    public ReadOnlyMemory<byte> Take(long length)
    {
        if (Failed || length < 0 || length > _source.Length - Position)
        {
            Failed = true;
            return default;
        }

        ReadOnlyMemory<byte> taken = _source.Slice(Position, (int)length);
        Position += (int)length;
        return taken;
    }

    public void Require(bool condition) => Failed |= !condition;

    public byte Byte()
    {
        ReadOnlySpan<byte> bytes = Take(1).Span;
        return Failed ? (byte)0 : bytes[0];
    }

    public ushort UInt16()
    {
        ReadOnlySpan<byte> bytes = Take(2).Span;
        return Failed ? (ushort)0 : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    public uint UInt24()
    {
        uint low = UInt16();
        return low | ((uint)Byte() << 16);
    }

    public uint UInt32()
    {
        ReadOnlySpan<byte> bytes = Take(4).Span;
        return Failed ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    public (byte Param1, byte Param2) Header(SpdmVersion version, SpdmCode code)
    {
        Require(Byte() == (byte)version);
        Require(Byte() == (byte)code);
        return (Byte(), Byte());
    }

    /// <summary>True when only a transport's padding follows; gives the message without it, as transcripts need it.</summary>
    public bool TryFinish(out ReadOnlyMemory<byte> exact)
    {
        exact = default;
        if (Failed || _source.Length - Position > MaxPadding || _source.Span[Position..].ContainsAnyExcept((byte)0))
        {
            return false;
        }

        exact = _source[..Position];
        return true;
    }
}
