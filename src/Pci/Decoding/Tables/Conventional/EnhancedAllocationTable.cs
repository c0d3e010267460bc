namespace Fleet.Pci.Decoding.Tables.Conventional;

/// <summary>
/// Enhanced Allocation (PCI Express Base, section 7.8.5): fixed resources in place of BARs. Each entry says how long it is, and each of its
/// addresses whether it has an upper half, so that the registers follow from the bytes.
/// </summary>
internal static class EnhancedAllocationTable
{
    private static readonly Register Count = new(0x02, 2, "Control", new Field("entries", 5, 0));
    private static readonly Register Buses = new(0x04, 4, "Bus numbers", new("secondary", 7, 0), new("subordinate", 15, 8));

    private static readonly Func<ulong, string?> Equivalent = Meanings.OneOf(
        "BAR 0", "BAR 1", "BAR 2", "BAR 3", "BAR 4", "BAR 5", "resource behind function", "not indicated", "expansion ROM",
        "VF BAR 0", "VF BAR 1", "VF BAR 2", "VF BAR 3", "VF BAR 4", "VF BAR 5");

    private static readonly Func<ulong, string?> Properties = Meanings.OneOf(
        "memory, not prefetchable", "memory, prefetchable", "I/O", "VF memory, prefetchable", "VF memory, not prefetchable",
        "behind bridge: memory, not prefetchable", "behind bridge: memory, prefetchable", "behind bridge: I/O");

    private static readonly Field[] Header =
    [
        new("dwords", 2, 0), new("BAR equivalent", 7, 4, Equivalent), new("primary properties", 15, 8, Property),
        new("secondary properties", 23, 16, Property), new("writable", 30), new("enable", 31),
    ];

    public static IEnumerable<Register> For(ConfigImage image, int offset, int length)
    {
        bool bridge = ConfigHeader.TypeOf(image) is ConfigHeader.Bridge;
        int entries = image.TryRead16(offset + 2, out ushort control) ? control & 0x3f : 0;
        int place = bridge ? 8 : 4;
        List<Register> registers = bridge ? [Count, Buses] : [Count];
        for (int entry = 0; entry < entries && place + 4 <= length && image.TryRead32(offset + place, out uint header); entry++)
        {
            registers.Add(new Register(place, 4, $"Entry {entry}", Header));
            int end = place + 4 + ((int)(header & 7) * 4);
            AddAddresses(registers, image, offset, place + 4, Math.Min(end, length), entry);
            place = end;
        }

        return registers;
    }

    /// <summary>Base, maximum offset, and an upper half for each that asks for one, in that order.</summary>
    private static void AddAddresses(List<Register> registers, ConfigImage image, int offset, int place, int end, int entry)
    {
        bool wideBase = IsWide(image, offset + place);
        bool wideLimit = IsWide(image, offset + place + 4);
        string?[] names =
        [
            "base", "maximum offset", wideBase ? "base, upper half" : null, wideLimit ? "maximum offset, upper half" : null,
        ];
        foreach (string name in names.OfType<string>())
        {
            if (place + 4 > end)
            {
                return;
            }

            bool low = !name.EndsWith("half", StringComparison.Ordinal);
            registers.Add(new Register(place, 4, $"Entry {entry} {name}",
                low ? [new Field("64-bit", 1), new Field("address", 31, 2, Meanings.HexShifted(2))] : []));
            place += 4;
        }
    }

    private static bool IsWide(ConfigImage image, int place) => image.TryRead32(place, out uint value) && (value & 2) != 0;

    private static string? Property(ulong value) => value switch
    {
        0xfd => "memory, not to be used",
        0xfe => "I/O, not to be used",
        0xff => "not to be used",
        _ => Properties(value),
    };
}
