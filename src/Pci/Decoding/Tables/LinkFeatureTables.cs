namespace Fleet.Pci.Decoding.Tables;

/// <summary>Small capabilities about the link (PCI Express Base, sections 7.7.3 to 7.7.5).</summary>
internal static class LinkFeatureTables
{
    public static readonly Register[] SecondaryPciExpress =
    [
        new(0x04, 4, "Link control 3", new("perform equalization", 0), new("equalization request interrupt", 1)),
        new(0x08, 4, "Lane error status"),
    ];

    public static readonly Register[] DataLinkFeature =
    [
        new(0x04, 4, "Capabilities", new("scaled flow control", 0), new("exchange enable", 31)),
        new(0x08, 4, "Status", new("remote scaled flow control", 0), new("remote valid", 31)),
    ];

    public static readonly Register[] PhysicalLayer16 =
    [
        new(0x0c, 4, "Status",
            new("equalization complete", 0), new("equalization phase 1", 1), new("equalization phase 2", 2), new("equalization phase 3", 3),
            new("link equalization request", 4)),
        new(0x10, 4, "Local parity mismatch"),
        new(0x14, 4, "First retimer parity mismatch"),
        new(0x18, 4, "Second retimer parity mismatch"),
    ];
}
