namespace Fleet.Pci.Decoding.Tables;

/// <summary>PCI Power Management (PCI Express Base, section 7.5.2).</summary>
internal static class PowerManagementTable
{
    public static readonly Register[] Registers =
    [
        new(0x02, 2, "Capabilities",
            new("version", 2, 0), new("PME clock", 3), new("immediate readiness on return to D0", 4),
            new("device specific initialization", 5),
            new("aux current", 8, 6, Meanings.OneOf("0 mA", "55 mA", "100 mA", "160 mA", "220 mA", "270 mA", "320 mA", "375 mA")),
            new("D1 support", 9), new("D2 support", 10), new("PME from D0", 11), new("PME from D1", 12), new("PME from D2", 13),
            new("PME from D3hot", 14), new("PME from D3cold", 15)),
        new(0x04, 2, "Control and status",
            new("power state", 1, 0, Meanings.OneOf("D0", "D1", "D2", "D3hot")), new("no soft reset", 3), new("PME enable", 8),
            new("data select", 12, 9), new("data scale", 14, 13), new("PME status", 15)),
        new(0x06, 1, "Bridge extensions", new("B2/B3 support", 6), new("bus power and clock control", 7)),
        new(0x07, 1, "Data"),
    ];
}
