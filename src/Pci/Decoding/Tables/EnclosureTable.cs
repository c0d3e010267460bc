namespace Fleet.Pci.Decoding.Tables;

/// <summary>Native PCIe Enclosure Management (PCI Express Base, section 7.9.19): the lights of a drive bay.</summary>
internal static class EnclosureTable
{
    private static readonly Field[] Lights =
    [
        new("reset", 1), new("OK", 2), new("locate", 3), new("fail", 4), new("rebuild", 5), new("predicted failure", 6), new("hot spare", 7),
        new("in a critical array", 8), new("in a failed array", 9), new("invalid device type", 10), new("disabled", 11), new("vendor's own", 31, 24),
    ];

    public static readonly Register[] Registers =
    [
        new(0x04, 4, "Capabilities", [new("NPEM", 0), .. Lights]),
        new(0x08, 4, "Control", [new("enable", 0), .. Lights]),
        new(0x0c, 4, "Status", new("command completed", 0), new("vendor's own", 31, 24)),
    ];
}
