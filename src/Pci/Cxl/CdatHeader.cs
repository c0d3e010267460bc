using System.Buffers.Binary;

namespace Fleet.Pci.Cxl;

/// <summary>The header of a Coherent Device Attribute Table (CDAT 1.04, section 2.1).</summary>
/// <param name="Length">Length of the whole table in bytes, the header included.</param>
/// <param name="Revision">Revision of the table.</param>
/// <param name="Checksum">The byte that makes all bytes of the table add up to 0, modulo 256.</param>
/// <param name="Sequence">Rises when the table changes at run time.</param>
public readonly record struct CdatHeader(uint Length, byte Revision, byte Checksum, uint Sequence)
{
    /// <summary>Length of the header itself in bytes.</summary>
    public const int Size = 16;

    /// <summary>Reads a header that a device wrote; false when there are too few bytes for one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out CdatHeader header)
    {
        header = default;
        if (source.Length < Size)
        {
            return false;
        }

        header = new CdatHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(source), source[4], source[5], BinaryPrimitives.ReadUInt32LittleEndian(source[12..]));
        return true;
    }
}
