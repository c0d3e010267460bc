namespace Fleet.Pci.Capabilities;

/// <summary>Ids the product itself acts on; every other one is data in <see cref="CapabilityNames"/>.</summary>
public static class CapabilityIds
{
    /// <summary>PCI Express (conventional).</summary>
    public const ushort PciExpress = 0x10;

    /// <summary>Data Object Exchange (extended).</summary>
    public const ushort DataObjectExchange = 0x2e;
}
