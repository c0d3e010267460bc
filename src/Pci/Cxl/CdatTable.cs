using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;

namespace Fleet.Pci.Cxl;

/// <summary>
/// A Coherent Device Attribute Table: what a CXL device or switch says of its memory and of how fast it is (CDAT 1.04).
/// </summary>
/// <param name="Header">Its header.</param>
/// <param name="Structures">Its structures in order; those of unknown type or length are kept raw.</param>
/// <param name="Findings">What is wrong with it, one sentence each; empty when nothing is.</param>
public sealed record CdatTable(CdatHeader Header, ImmutableArray<CdatStructure> Structures, ImmutableArray<string> Findings)
{
    /// <summary>The longest table that is read, in bytes. The tables of real devices have a few hundred.</summary>
    public const int MaximumSize = 1 << 20;

    private const int HeadSize = 4;

    /// <summary>
    /// Reads a whole table. False only when there are too few bytes for a header, or more than <see cref="MaximumSize"/>; whatever else
    /// is wrong becomes a finding, and what can be read is.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> source, out CdatTable table)
    {
        table = new CdatTable(default, [], []);
        if (source.Length > MaximumSize || !CdatHeader.TryRead(source, out CdatHeader header))
        {
            return false;
        }

        ImmutableArray<string>.Builder findings = ImmutableArray.CreateBuilder<string>();
        if (header.Length != (uint)source.Length)
        {
            findings.Add(Text($"The header says {header.Length} bytes, but there are {source.Length}."));
        }

        if (Sum(source) is not 0)
        {
            findings.Add(Text($"The checksum is wrong: all bytes add up to 0x{Sum(source):x2} instead of 0."));
        }

        ImmutableArray<CdatStructure> structures = ReadStructures(source, findings);
        table = new CdatTable(header, structures, findings.ToImmutable());
        return true;
    }

    private static byte Sum(ReadOnlySpan<byte> source)
    {
        byte sum = 0;
        foreach (byte value in source)
        {
            sum = unchecked((byte)(sum + value));
        }

        return sum;
    }

    private static ImmutableArray<CdatStructure> ReadStructures(ReadOnlySpan<byte> source, ImmutableArray<string>.Builder findings)
    {
        ImmutableArray<CdatStructure>.Builder structures = ImmutableArray.CreateBuilder<CdatStructure>();
        for (int offset = CdatHeader.Size; offset < source.Length;)
        {
            if (source.Length - offset < HeadSize)
            {
                findings.Add(Text($"{source.Length - offset} bytes are left over at 0x{offset:x}: too few for a structure."));
                break;
            }

            int length = BinaryPrimitives.ReadUInt16LittleEndian(source[(offset + 2)..]);
            if (length < HeadSize || length > source.Length - offset)
            {
                findings.Add(Text($"The structure at 0x{offset:x} says it is {length} bytes long; {source.Length - offset} are there. What follows is not read."));
                break;
            }

            ReadOnlySpan<byte> bytes = source.Slice(offset, length);
            if (!CdatStructureReader.TryRead(offset, bytes, out CdatStructure structure))
            {
                findings.Add(Text($"The structure at 0x{offset:x} is of type {bytes[0]}, which has not this content in {length} bytes; it is kept raw."));
            }

            structures.Add(structure);
            offset += length;
        }

        return structures.ToImmutable();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
