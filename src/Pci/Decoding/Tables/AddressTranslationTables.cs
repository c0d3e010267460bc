namespace Fleet.Pci.Decoding.Tables;

/// <summary>The three capabilities of address translation (PCI Express Base, sections 10.5.1, 10.5.2 and 7.8.9).</summary>
internal static class AddressTranslationTables
{
    public static readonly Register[] Translation =
    [
        new(0x04, 2, "Capabilities",
            new("invalidate queue depth", 4, 0), new("page aligned request", 5), new("global invalidate", 6), new("relaxed ordering", 7)),
        new(0x06, 2, "Control", new("smallest translation unit", 4, 0), new("enable", 15)),
    ];

    public static readonly Register[] PageRequest =
    [
        new(0x04, 2, "Control", new("enable", 0), new("reset", 1)),
        new(0x06, 2, "Status",
            new("response failure", 0), new("unexpected page request group index", 1), new("stopped", 8),
            new("response PASID required", 15)),
        new(0x08, 4, "Outstanding request capacity"),
        new(0x0c, 4, "Outstanding request allocation"),
    ];

    public static readonly Register[] ProcessSpace =
    [
        new(0x04, 2, "Capabilities", new("execute permission", 1), new("privileged mode", 2), new("maximum width", 12, 8)),
        new(0x06, 2, "Control", new("enable", 0), new("execute permission", 1), new("privileged mode", 2)),
    ];
}
