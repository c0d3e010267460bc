using System.Globalization;

namespace Fleet.Pci.Decoding.Tables;

/// <summary>Resizable BAR (PCI Express Base, section 7.8.6); only the first BAR, whose presence is certain.</summary>
internal static class ResizableBarTable
{
    public static readonly Register[] Registers =
    [
        new(0x04, 4, "Capability 0"),
        new(0x08, 4, "Control 0", new("BAR", 2, 0), new("resizable BARs", 7, 5), new("size", 13, 8, Size)),
    ];

    private static string? Size(ulong value) => value switch
    {
        < 10 => Text(1ul << (int)value, "MiB"),
        < 20 => Text(1ul << ((int)value - 10), "GiB"),
        < 30 => Text(1ul << ((int)value - 20), "TiB"),
        _ => null,
    };

    private static string Text(ulong count, string unit) => string.Create(CultureInfo.InvariantCulture, $"{count} {unit}");
}
