namespace Fleet.Pci.Decoding.Tables;

/// <summary>The configuration header (PCI Express Base, section 7.5.1).</summary>
internal static class HeaderTables
{
    public static readonly Register[] Common =
    [
        new(0x00, 2, "Vendor id"),
        new(0x02, 2, "Device id"),
    ];

    public static readonly Register[] Endpoint = Common;
    public static readonly Register[] Bridge = Common;
    public static readonly Register[] CardBus = Common;
}
