using System.Buffers.Binary;
using Fleet.Pci.Cxl;

namespace Fleet.Pci.Tests;

/// <summary>Tables for tests.</summary>
internal static class CdatSample
{
    /// <summary>A table with a right header.</summary>
    public static byte[] Table(IReadOnlyCollection<byte[]> structures)
    {
        byte[] table = new byte[CdatHeader.Size + structures.Sum(s => s.Length)];
        BinaryPrimitives.WriteUInt32LittleEndian(table, (uint)table.Length);
        table[4] = 1;
        table[12] = 7;
        int place = CdatHeader.Size;
        foreach (byte[] structure in structures)
        {
            structure.CopyTo(table, place);
            place += structure.Length;
        }

        return Seal(table);
    }

    /// <summary>Makes the checksum right.</summary>
    public static byte[] Seal(byte[] table)
    {
        table[5] = 0;
        table[5] = unchecked((byte)-table.Sum(b => b));
        return table;
    }
}
