namespace Fleet.Spdm.Messages;

/// <summary>A measurement block in the DMTF form; <see cref="Raw"/> is the whole block, as the summary hash takes it.</summary>
public sealed record MeasurementBlock(ReadOnlyMemory<byte> Raw, byte Index, byte Type, ReadOnlyMemory<byte> Value)
{
    /// <summary>Whether the value is a raw bit stream rather than a digest (bit 7 of the type).</summary>
    public bool IsRaw => (Type & 0x80) != 0;

    internal static MeasurementBlock Read(ref MessageReader reader, ReadOnlyMemory<byte> source, int digestSize)
    {
        int start = reader.Position;
        byte index = reader.Byte();
        byte specification = reader.Byte();
        ushort size = reader.UInt16();
        byte type = reader.Byte();
        ushort valueSize = reader.UInt16();
        ReadOnlyMemory<byte> value = reader.Take(valueSize);
        bool digest = (type & 0x80) == 0;
        reader.Require(index is not (0 or 0xFF) && specification == 1 && size == valueSize + 3 && (!digest || (digestSize != 0 && valueSize == digestSize)));
        return new(source[start..reader.Position], index, type, value);
    }
}
