namespace Fleet.Pci.Decoding.Tables;

/// <summary>Subsystem ids of a bridge (PCI-to-PCI Bridge Architecture, section 3.2.5).</summary>
internal static class SubsystemTable
{
    public static readonly Register[] Registers = [new(0x04, 2, "Subsystem vendor id"), new(0x06, 2, "Subsystem id")];
}
