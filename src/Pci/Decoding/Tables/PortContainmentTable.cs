namespace Fleet.Pci.Decoding.Tables;

/// <summary>Downstream Port Containment (PCI Express Base, section 7.9.14).</summary>
internal static class PortContainmentTable
{
    private static readonly Field[] RootPort =
    [
        new("configuration: unsupported request", 0), new("configuration: completer abort", 1), new("configuration: timeout", 2),
        new("I/O: unsupported request", 8), new("I/O: completer abort", 9), new("I/O: timeout", 10), new("memory: unsupported request", 16),
        new("memory: completer abort", 17), new("memory: timeout", 18),
    ];

    public static readonly Register[] Registers =
    [
        new(0x04, 2, "Capabilities",
            new("interrupt message", 4, 0), new("root port extensions", 5), new("poisoned TLP egress blocking", 6),
            new("software trigger", 7), new("root port log size", 11, 8), new("link active ERR_COR", 12)),
        new(0x06, 2, "Control",
            new("trigger", 1, 0, Meanings.OneOf("disabled", "fatal errors", "fatal and non-fatal errors")),
            new("completion", 2, Meanings.OneOf("completer abort", "unsupported request")), new("interrupt", 3), new("ERR_COR", 4),
            new("poisoned TLP egress blocking", 5), new("software trigger", 6), new("link active ERR_COR", 7)),
        new(0x08, 2, "Status",
            new("triggered", 0), new("reason", 2, 1, Meanings.OneOf("uncorrectable error", "ERR_NONFATAL", "ERR_FATAL", "see extension")),
            new("interrupt", 3), new("root port busy", 4),
            new("reason extension", 6, 5, Meanings.OneOf("root port programmed I/O error", "software trigger")),
            new("first error pointer", 12, 8)),
        new(0x0a, 2, "Error source id"),
        new(0x0c, 4, "Root port PIO status", RootPort),
        new(0x10, 4, "Root port PIO mask", RootPort),
        new(0x14, 4, "Root port PIO severity", RootPort),
        new(0x18, 4, "Root port PIO system error", RootPort),
        new(0x1c, 4, "Root port PIO exception", RootPort),
        .. Enumerable.Range(0, 4).Select(index => new Register(0x20 + (index * 4), 4, $"Root port PIO header log {index}")),
        new(0x30, 4, "Root port PIO own log"),
        .. Enumerable.Range(0, 4).Select(index => new Register(0x34 + (index * 4), 4, $"Root port PIO prefix log {index}")),
    ];
}
