namespace Fleet.Pci.Decoding.Tables;

/// <summary>Small capabilities about the link (PCI Express Base, sections 7.7.3 to 7.7.8 and 7.9.21).</summary>
internal static class LinkFeatureTables
{
    private static readonly Field[] Equalization =
    [
        new("equalization complete", 0), new("equalization phase 1", 1), new("equalization phase 2", 2), new("equalization phase 3", 3),
        new("link equalization request", 4),
    ];

    private static readonly Field[] Precoding =
        [new("precoding on", 8), new("precoding request", 9), new("no equalization needed received", 10)];

    public static readonly Register[] SecondaryPciExpress =
    [
        new(0x04, 4, "Link control 3", new("perform equalization", 0), new("equalization request interrupt", 1),
            new("lower SKP generation", 15, 9, Meanings.Hex)),
        new(0x08, 4, "Lane error status"),
    ];

    public static readonly Register[] DataLinkFeature =
    [
        new(0x04, 4, "Capabilities", new("scaled flow control", 0), new("exchange enable", 31)),
        new(0x08, 4, "Status", new("remote scaled flow control", 0), new("remote valid", 31)),
    ];

    public static readonly Register[] PhysicalLayer16 =
    [
        new(0x0c, 4, "Status", Equalization),
        new(0x10, 4, "Local parity mismatch"),
        new(0x14, 4, "First retimer parity mismatch"),
        new(0x18, 4, "Second retimer parity mismatch"),
    ];

    public static readonly Register[] PhysicalLayer32 =
    [
        new(0x04, 4, "Capabilities",
            new("equalization bypass", 0), new("no equalization needed", 1), new("modified TS usage mode 0", 8), new("modified TS usage mode 1", 9),
            new("modified TS usage mode 2", 10)),
        new(0x08, 4, "Control",
            new("equalization bypass disable", 0), new("no equalization needed disable", 1),
            new("modified TS usage mode", 10, 8, Meanings.OneOf("PCI Express", "training set messages", "alternate protocol"))),
        new(0x0c, 4, "Status",
        [
            .. Equalization, new("modified TS received", 5),
            new("enhanced link behaviour", 7, 6,
                Meanings.OneOf("full equalization", "bypass to the highest rate", "no equalization", "modified training sets")),
            .. Precoding,
        ]),
        new(0x10, 4, "Received modified TS data 1"),
        new(0x14, 4, "Received modified TS data 2"),
        new(0x18, 4, "Transmitted modified TS data 1"),
        new(0x1c, 4, "Transmitted modified TS data 2"),
    ];

    public static readonly Register[] PhysicalLayer64 = [new(0x0c, 4, "Status", [.. Equalization, .. Precoding])];

    public static readonly Register[] LaneMargining =
    [
        new(0x04, 2, "Port capabilities", new Field("uses driver software", 0)),
        new(0x06, 2, "Port status", new("ready", 0), new("software ready", 1)),
    ];

    public static readonly Register[] AlternateProtocol =
    [
        new(0x04, 4, "Capabilities", new("protocols", 7, 0), new("selective enable", 8)),
        new(0x08, 4, "Control", new("index", 7, 0), new("negotiation enable", 8)),
        new(0x0c, 4, "Data 1", new("usage information", 2, 0), new("details", 15, 5), new("vendor", 31, 16, Meanings.Hex)),
        new(0x10, 4, "Data 2"),
    ];
}
