using System.Globalization;

namespace Fleet.Pci.Decoding.Tables.Conventional;

/// <summary>PCI-X (PCI-X Protocol Addendum 2.0, section 7.2), which differs between bridges and the rest.</summary>
internal static class PciXTables
{
    private static readonly Func<ulong, string?> Transactions = Meanings.OneOf("1", "2", "3", "4", "8", "12", "16", "32");

    private static readonly Field[] Place = [new("function", 2, 0), new("device", 7, 3), new("bus", 15, 8)];

    private static readonly Field[] SplitTransactions = [new("capacity", 15, 0), new("commitment limit", 31, 16)];

    public static readonly Register[] Function =
    [
        new(0x02, 2, "Command",
            new("data parity error recovery", 0), new("relaxed ordering", 1), new("maximum memory read", 3, 2, Bytes(512)),
            new("outstanding split transactions", 6, 4, Transactions), new("version", 13, 12)),
        new(0x04, 4, "Status",
        [
            .. Place, new("64-bit device", 16), new("133 MHz capable", 17), new("split completion discarded", 18), new("unexpected split completion", 19),
            new("complexity", 20, Meanings.OneOf("simple", "bridge")), new("designed maximum memory read", 22, 21, Bytes(512)),
            new("designed outstanding split transactions", 25, 23, Transactions), new("designed cumulative read size", 28, 26, Bytes(1024)),
            new("split completion error", 29), new("266 MHz capable", 30), new("533 MHz capable", 31),
        ]),
    ];

    public static readonly Register[] Bridge =
    [
        new(0x02, 2, "Secondary status",
            new("64-bit bus", 0), new("133 MHz capable", 1), new("split completion discarded", 2), new("unexpected split completion", 3),
            new("split completion overrun", 4), new("split request delayed", 5),
            new("clock frequency", 8, 6, Meanings.OneOf("conventional", "66 MHz", "100 MHz", "133 MHz")), new("version", 13, 12)),
        new(0x04, 4, "Status",
        [
            .. Place, new("64-bit device", 16), new("133 MHz capable", 17), new("split completion discarded", 18), new("unexpected split completion", 19),
            new("split completion overrun", 20), new("split request delayed", 21),
        ]),
        new(0x08, 4, "Upstream split transactions", SplitTransactions),
        new(0x0c, 4, "Downstream split transactions", SplitTransactions),
    ];

    private static Func<ulong, string?> Bytes(int least) =>
        value => string.Create(CultureInfo.InvariantCulture, $"{(ulong)least << (int)value} bytes");
}
