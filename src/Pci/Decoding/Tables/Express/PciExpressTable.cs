namespace Fleet.Pci.Decoding.Tables.Express;

/// <summary>PCI Express (PCI Express Base, section 7.5.3): puts together the parts that a port type has.</summary>
internal static class PciExpressTable
{
    private static readonly Register Capabilities = new(0x02, 2, "Capabilities",
        new("version", 3, 0),
        new("type", 7, 4, Meanings.OneOf(
            "endpoint", "legacy endpoint", null, null, "root port", "upstream switch port", "downstream switch port", "PCIe to PCI bridge",
            "PCI to PCIe bridge", "root complex integrated endpoint", "root complex event collector")),
        new("slot implemented", 8), new("interrupt message", 13, 9));

    /// <summary>Everything that decides about the layout: the port type and whether there is a slot.</summary>
    public const ushort LayoutMask = 0x1f0;

    /// <param name="flags">The PCI Express capabilities register.</param>
    public static Register[] For(ushort flags)
    {
        int type = (flags >> 4) & 0xf;
        bool link = type is not (9 or 10); // Inside the root complex there is no link.
        bool root = type is 4 or 10;
        bool slot = (flags & 0x100) != 0;
        return
        [
            Capabilities,
            .. PciExpressDevice.Registers,
            .. link ? PciExpressLink.Registers : [],
            .. slot ? PciExpressSlot.Registers : [],
            .. root ? PciExpressRoot.Registers : [],
            .. PciExpressDevice.Registers2,
            .. link ? PciExpressLink.Registers2 : [],
        ];
    }
}
