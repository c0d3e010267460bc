namespace Fleet.Pci.Decoding.Tables;

/// <summary>Alternative Routing-ID Interpretation (PCI Express Base, section 7.8.8).</summary>
internal static class RoutingIdTable
{
    public static readonly Register[] Registers =
    [
        new(0x04, 2, "Capabilities", new("MFVC function groups", 0), new("ACS function groups", 1), new("next function", 15, 8)),
        new(0x06, 2, "Control", new("MFVC function groups", 0), new("ACS function groups", 1), new("function group", 6, 4)),
    ];
}
