namespace Fleet.Pci.Decoding.Tables;

/// <summary>Vital Product Data (PCI Express Base, section 7.9.18): a window that is read by writing an address.</summary>
internal static class VitalProductDataTable
{
    public static readonly Register[] Registers =
    [
        new(0x02, 2, "Address", new("address", 14, 0, Meanings.Hex), new("transfer done", 15)),
        new(0x04, 4, "Data"),
    ];
}
