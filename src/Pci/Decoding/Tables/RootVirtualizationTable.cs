namespace Fleet.Pci.Decoding.Tables;

/// <summary>Single Root I/O Virtualization (PCI Express Base, section 9.3.3).</summary>
internal static class RootVirtualizationTable
{
    public static readonly Register[] Registers =
    [
        new(0x04, 4, "Capabilities",
            new("VF migration", 0), new("ARI hierarchy preserved", 1), new("10-bit tag requester", 2), new("interrupt message", 31, 21)),
        new(0x08, 2, "Control",
            new("VF enable", 0), new("VF migration", 1), new("VF migration interrupt", 2), new("VF memory space", 3),
            new("ARI hierarchy", 4), new("10-bit tag requester", 5)),
        new(0x0a, 2, "Status", new Field("VF migration", 0)),
        new(0x0c, 2, "Initial VFs"),
        new(0x0e, 2, "Total VFs"),
        new(0x10, 2, "Number of VFs"),
        new(0x12, 1, "Function dependency link"),
        new(0x14, 2, "First VF offset"),
        new(0x16, 2, "VF stride"),
        new(0x1a, 2, "VF device id"),
        new(0x1c, 4, "Supported page sizes"),
        new(0x20, 4, "System page size"),
        .. Enumerable.Range(0, 6).Select(index => new Register(0x24 + (index * 4), 4, $"VF base address {index}")),
        new(0x3c, 4, "VF migration state array", new("BAR", 2, 0), new("offset", 31, 3, Meanings.HexShifted(3))),
    ];
}
