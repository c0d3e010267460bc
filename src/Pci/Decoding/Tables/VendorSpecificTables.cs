namespace Fleet.Pci.Decoding.Tables;

/// <summary>Headers of vendor-specific capabilities; what follows them only the vendor knows.</summary>
internal static class VendorSpecificTables
{
    public static readonly Register[] Conventional = [new(0x02, 1, "Length")];

    /// <summary>PCI Express Base, section 7.9.5.</summary>
    public static readonly Register[] Extended =
    [
        new(0x04, 4, "Vendor-specific header", new("id", 15, 0, Meanings.Hex), new("revision", 19, 16), new("length", 31, 20)),
    ];

    /// <summary>PCI Express Base, section 7.9.6.</summary>
    public static readonly Register[] Designated =
    [
        new(0x04, 4, "Vendor-specific header 1", new("vendor", 15, 0, DesignatingVendor), new("revision", 19, 16), new("length", 31, 20)),
        new(0x08, 2, "Vendor-specific header 2", new Field("id", 15, 0, Meanings.Hex)),
    ];

    private static string? DesignatingVendor(ulong value) => value is 0x1e98 ? "CXL" : Meanings.Hex(value);
}
