using System.Globalization;

namespace Fleet.Pci.Decoding.Tables;

/// <summary>MSI-X (PCI Express Base, section 7.7.2).</summary>
internal static class MsiXTable
{
    public static readonly Register[] Registers =
    [
        new(0x02, 2, "Control", new("table size", 10, 0, TableSize), new("function mask", 14), new("enable", 15)),
        new(0x04, 4, "Table", new("BAR", 2, 0), new("offset", 31, 3, Meanings.HexShifted(3))),
        new(0x08, 4, "Pending bit array", new("BAR", 2, 0), new("offset", 31, 3, Meanings.HexShifted(3))),
    ];

    /// <summary>The field holds the number of vectors less one.</summary>
    private static string TableSize(ulong value) => string.Create(CultureInfo.InvariantCulture, $"{value + 1} vectors");
}
