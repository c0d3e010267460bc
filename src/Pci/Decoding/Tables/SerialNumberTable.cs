using System.Buffers.Binary;

namespace Fleet.Pci.Decoding.Tables;

/// <summary>Device Serial Number (PCI Express Base, section 7.9.3).</summary>
internal static class SerialNumberTable
{
    public static readonly Register[] Registers = [new(0x04, 8, "Serial number", new Field("EUI-64", 63, 0, Dashed))];

    /// <summary>As labels and lspci write it: most significant byte first, with dashes.</summary>
    private static string Dashed(ulong value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return string.Join('-', bytes.Select(part => Convert.ToHexStringLower([part])));
    }
}
