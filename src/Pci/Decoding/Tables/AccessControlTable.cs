namespace Fleet.Pci.Decoding.Tables;

/// <summary>Access Control Services (PCI Express Base, section 7.7.11).</summary>
internal static class AccessControlTable
{
    private static readonly Field[] Services =
    [
        new("source validation", 0), new("translation blocking", 1), new("request redirect", 2), new("completion redirect", 3),
        new("upstream forwarding", 4), new("egress control", 5), new("direct translated", 6),
    ];

    public static readonly Register[] Registers =
    [
        new(0x04, 2, "Capabilities", [.. Services, new("enhanced", 7), new("egress vector size", 15, 8)]),
        new(0x06, 2, "Control",
        [
            .. Services, new("I/O request blocking", 7), new("downstream memory target", 9, 8), new("upstream memory target", 11, 10),
            new("unclaimed request redirect", 12),
        ]),
        .. Enumerable.Range(0, 8).Select(index => new Register(0x08 + (index * 4), 4, $"Egress control vector {index}")),
    ];
}
