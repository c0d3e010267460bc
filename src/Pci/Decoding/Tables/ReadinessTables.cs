namespace Fleet.Pci.Decoding.Tables;

/// <summary>How a function says when it is ready (PCI Express Base, sections 7.8.11 and 7.9.16), and Device 3 (section 7.7.9).</summary>
internal static class ReadinessTables
{
    private static readonly Func<ulong, string?> LinkWidth = Meanings.OneOf("x1", "x2", "x4", "x8", "x16");

    public static readonly Register[] StatusQueue =
    [
        new(0x04, 4, "Capabilities", new("maximum depth", 11, 0), new("interrupt message", 20, 16)),
        new(0x08, 2, "Status", new("message received", 0), new("overflow", 1)),
        new(0x0a, 2, "Control", new Field("interrupt enable", 0)),
        new(0x0c, 4, "Queue", new("function", 15, 0, Meanings.Hex), new("reason", 19, 16), new("depth", 31, 20)),
    ];

    public static readonly Register[] TimeReporting =
    [
        new(0x04, 4, "Times 1", new("after reset", 11, 0), new("after link up", 23, 12), new("valid", 31)),
        new(0x08, 4, "Times 2", new("after function level reset", 11, 0), new("from D3hot to D0", 23, 12)),
    ];

    public static readonly Register[] Device3 =
    [
        new(0x04, 4, "Device capabilities 3",
            new("DMWr routing", 0), new("14-bit tag completer", 1), new("14-bit tag requester", 2), new("L0p", 3), new("L0p exit latency of port", 6, 4),
            new("L0p exit latency of retimer", 9, 7), new("DMWr completer", 10), new("DMWr lengths", 12, 11)),
        new(0x08, 4, "Device control 3",
            new("DMWr requester", 0), new("DMWr egress blocking", 1), new("14-bit tag requester", 2), new("L0p", 3), new("target link width", 6, 4, LinkWidth)),
        new(0x0c, 4, "Device status 3", new("initial link width", 2, 0, LinkWidth), new("segment captured", 3), new("remote L0p", 4)),
    ];
}
