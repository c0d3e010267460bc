using System.Globalization;

namespace Fleet.Pci.Decoding.Tables;

/// <summary>Resizable BAR and VF Resizable BAR (PCI Express Base, sections 7.8.6 and 7.8.7). The length says how many BARs there are.</summary>
internal static class ResizableBarTable
{
    private const int MostBars = 6;

    public static readonly Register[] Registers = [.. Enumerable.Range(0, MostBars).SelectMany(Bar)];

    private static IEnumerable<Register> Bar(int index)
    {
        int place = 0x04 + (index * 8);
        yield return new(place, 4, $"Capability {index}", new Field("sizes", 31, 4, Sizes));
        yield return new(place + 4, 4, $"Control {index}",
            new("BAR", 2, 0), new("resizable BARs", 7, 5), new("size", 13, 8, Size), new("larger sizes", 31, 16, Meanings.Hex));
    }

    /// <summary>Bit 0 of the field is 1 MiB, and so on up.</summary>
    private static string? Sizes(ulong value)
    {
        List<string> sizes = [];
        for (int bit = 0; bit < 28; bit++)
        {
            if ((value & (1ul << bit)) != 0)
            {
                sizes.Add(Size((ulong)bit)!);
            }
        }

        return sizes.Count is 0 ? null : string.Join(", ", sizes);
    }

    private static string? Size(ulong value) => value switch
    {
        < 10 => Text(1ul << (int)value, "MiB"),
        < 20 => Text(1ul << ((int)value - 10), "GiB"),
        < 30 => Text(1ul << ((int)value - 20), "TiB"),
        _ => null,
    };

    private static string Text(ulong count, string unit) => string.Create(CultureInfo.InvariantCulture, $"{count} {unit}");
}
