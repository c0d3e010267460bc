namespace Fleet.Pci.Decoding.Tables;

/// <summary>The configuration header (PCI Express Base, section 7.5.1; PC Card for CardBus).</summary>
internal static class HeaderTables
{
    private static readonly Field[] BaseAddress =
    [
        new("space", 0, Meanings.OneOf("memory", "I/O")),
        new("type", 2, 1, Meanings.OneOf("32-bit", null, "64-bit")) { When = IsMemory },
        new("prefetchable", 3) { When = IsMemory },
    ];

    private static readonly Field[] RomFields = [new("enable", 0), new("address", 31, 11, Meanings.HexShifted(11))];

    private static readonly Register InterruptLine = new(0x3c, 1, "Interrupt line");
    private static readonly Register InterruptPin =
        new(0x3d, 1, "Interrupt pin", new Field("pin", 7, 0, Meanings.OneOf("none", "INTA", "INTB", "INTC", "INTD")));

    private static readonly Register CapabilityPointer = new(0x34, 1, "Capabilities pointer");

    /// <summary>What every header type has, and all that may be said when the type is unknown.</summary>
    public static readonly Register[] Common =
    [
        new(0x00, 2, "Vendor id"),
        new(0x02, 2, "Device id"),
        new(0x04, 2, "Command",
            new("I/O space", 0), new("memory space", 1), new("bus master", 2), new("special cycles", 3),
            new("memory write and invalidate", 4), new("VGA palette snoop", 5), new("parity error response", 6), new("stepping", 7), new("SERR enable", 8),
            new("fast back-to-back", 9),
            new("interrupt disable", 10)),
        new(0x06, 2, "Status",
        [
            new("immediate readiness", 0), new("interrupt status", 3), new("capabilities list", 4), .. StatusFields("signaled system error"),
        ]),
        new(0x08, 1, "Revision id"),
        new(0x09, 1, "Programming interface"),
        new(0x0a, 1, "Sub-class"),
        new(0x0b, 1, "Base class", new Field("class", 7, 0, BaseClass)),
        new(0x0c, 1, "Cache line size"),
        new(0x0d, 1, "Latency timer"),
        new(0x0e, 1, "Header type",
            new("layout", 6, 0, Meanings.OneOf("type 0", "type 1, bridge", "type 2, CardBus")), new("multi-function", 7)),
        new(0x0f, 1, "BIST", new("completion code", 3, 0), new("start", 6), new("capable", 7)),
    ];

    public static readonly Register[] Endpoint =
    [
        .. Common,
        .. BaseAddresses(6),
        new(0x28, 4, "CardBus CIS pointer"),
        new(0x2c, 2, "Subsystem vendor id"),
        new(0x2e, 2, "Subsystem id"),
        new(0x30, 4, "Expansion ROM base address", RomFields),
        CapabilityPointer,
        InterruptLine,
        InterruptPin,
        new(0x3e, 1, "Minimum grant"),
        new(0x3f, 1, "Maximum latency"),
    ];

    public static readonly Register[] Bridge =
    [
        .. Common,
        .. BaseAddresses(2),
        .. BusNumbers(),
        new(0x1c, 1, "I/O base", new("width", 3, 0, Meanings.OneOf("16-bit", "32-bit")), new("address", 7, 4, Meanings.HexShifted(12))),
        new(0x1d, 1, "I/O limit", new("width", 3, 0, Meanings.OneOf("16-bit", "32-bit")), new("address", 7, 4, Meanings.HexShifted(12))),
        new(0x1e, 2, "Secondary status", StatusFields("received system error")),
        new(0x20, 2, "Memory base", new Field("address", 15, 4, Meanings.HexShifted(20))),
        new(0x22, 2, "Memory limit", new Field("address", 15, 4, Meanings.HexShifted(20))),
        new(0x24, 2, "Prefetchable memory base",
            new("width", 3, 0, Meanings.OneOf("32-bit", "64-bit")), new("address", 15, 4, Meanings.HexShifted(20))),
        new(0x26, 2, "Prefetchable memory limit",
            new("width", 3, 0, Meanings.OneOf("32-bit", "64-bit")), new("address", 15, 4, Meanings.HexShifted(20))),
        new(0x28, 4, "Prefetchable base upper 32 bits"),
        new(0x2c, 4, "Prefetchable limit upper 32 bits"),
        new(0x30, 2, "I/O base upper 16 bits"),
        new(0x32, 2, "I/O limit upper 16 bits"),
        CapabilityPointer,
        new(0x38, 4, "Expansion ROM base address", RomFields),
        InterruptLine,
        InterruptPin,
        new(0x3e, 2, "Bridge control",
            new("parity error response", 0), new("SERR enable", 1), new("ISA enable", 2), new("VGA enable", 3), new("VGA 16-bit decode", 4),
            new("master abort mode", 5), new("secondary bus reset", 6), new("fast back-to-back", 7), new("primary discard timer", 8),
            new("secondary discard timer", 9), new("discard timer expired", 10), new("discard timer SERR enable", 11)),
    ];

    public static readonly Register[] CardBus =
    [
        .. Common,
        new(0x10, 4, "Socket base address"),
        new(0x14, 1, "Capabilities pointer"),
        new(0x16, 2, "Secondary status", StatusFields("received system error")),
        .. BusNumbers(),
        new(0x1c, 4, "Memory base 0"),
        new(0x20, 4, "Memory limit 0"),
        new(0x24, 4, "Memory base 1"),
        new(0x28, 4, "Memory limit 1"),
        new(0x2c, 4, "I/O base 0"),
        new(0x30, 4, "I/O limit 0"),
        new(0x34, 4, "I/O base 1"),
        new(0x38, 4, "I/O limit 1"),
        InterruptLine,
        InterruptPin,
        new(0x3e, 2, "Bridge control",
            new("parity error response", 0), new("SERR enable", 1), new("ISA enable", 2), new("VGA enable", 3), new("master abort mode", 5),
            new("CardBus reset", 6), new("16-bit interrupt", 7), new("prefetch memory 0", 8), new("prefetch memory 1", 9),
            new("write posting", 10)),
        new(0x40, 2, "Subsystem vendor id"),
        new(0x42, 2, "Subsystem id"),
        new(0x44, 4, "Legacy mode base address"),
    ];

    private static bool IsMemory(ulong register) => (register & 1) == 0;

    private static IEnumerable<Register> BaseAddresses(int count) =>
        Enumerable.Range(0, count).Select(index => new Register(0x10 + (index * 4), 4, $"Base address {index}", BaseAddress));

    private static Register[] BusNumbers() =>
    [
        new(0x18, 1, "Primary bus number"),
        new(0x19, 1, "Secondary bus number"),
        new(0x1a, 1, "Subordinate bus number"),
        new(0x1b, 1, "Secondary latency timer"),
    ];

    private static Field[] StatusFields(string bit14) =>
    [
        new("66 MHz capable", 5), new("user definable features", 6), new("fast back-to-back capable", 7), new("master data parity error", 8),
        new("DEVSEL timing", 10, 9, Meanings.OneOf("fast", "medium", "slow")), new("signaled target abort", 11),
        new("received target abort", 12), new("received master abort", 13), new(bit14, 14), new("detected parity error", 15),
    ];

    private static string? BaseClass(ulong value) => value switch
    {
        0x00 => "unclassified",
        0x01 => "mass storage",
        0x02 => "network",
        0x03 => "display",
        0x04 => "multimedia",
        0x05 => "memory",
        0x06 => "bridge",
        0x07 => "communication",
        0x08 => "system peripheral",
        0x09 => "input device",
        0x0a => "docking station",
        0x0b => "processor",
        0x0c => "serial bus",
        0x0d => "wireless",
        0x0e => "intelligent I/O",
        0x0f => "satellite communication",
        0x10 => "encryption",
        0x11 => "signal processing",
        0x12 => "processing accelerator",
        0x13 => "non-essential instrumentation",
        0x40 => "coprocessor",
        0xff => "unassigned",
        _ => null,
    };
}
