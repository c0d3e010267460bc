namespace Fleet.Pci.Decoding.Tables;

/// <summary>Conventional PCI Advanced Features (PCI Express Base, section 7.9.21).</summary>
internal static class AdvancedFeaturesTable
{
    public static readonly Register[] Registers =
    [
        new(0x02, 1, "Length"),
        new(0x03, 1, "Capabilities", new("transactions pending", 0), new("function level reset", 1)),
        new(0x04, 1, "Control", new Field("initiate function level reset", 0)),
        new(0x05, 1, "Status", new Field("transactions pending", 0)),
    ];
}
