namespace Fleet.Pci.Decoding.Tables;

/// <summary>The designated vendor-specific capabilities of CXL (CXL 3.0, section 8.1), by their id.</summary>
internal static class CxlTables
{
    private const int MostBlocks = 16;

    private static readonly Func<ulong, string?> Scale = Meanings.OneOf("1 us", "10 us", "100 us", "1 ms", "10 ms", "100 ms", "1 s", "10 s");

    private static readonly Field[] Range =
    [
        new("valid", 0), new("active", 1), new("media type", 4, 2, Meanings.OneOf("volatile", "non-volatile", "as the CDAT says")),
        new("memory class", 7, 5, Meanings.OneOf("memory", "storage", "as the CDAT says")),
        new("desired interleave", 12, 8, Meanings.OneOf("none", "256 bytes", "4 KiB", "512 bytes", "1 KiB", "2 KiB", "8 KiB", "16 KiB")),
        new("active timeout", 15, 13, Meanings.OneOf("1 s", "4 s", "16 s", "64 s", "256 s")), new("size", 31, 28, Meanings.HexShifted(28)),
    ];

    private static readonly Field[] Protocols = [new("CXL.cache", 0), new("CXL.io", 1), new("CXL.mem", 2)];

    private static readonly Field[] Flits = [new("68-byte flits", 5), new("multiple logical devices", 6), new("256-byte flits", 13), new("PBR flits", 14)];

    private static readonly Field[] Timeout = [new("base", 3, 0), new("scale", 11, 8, Scale)];

    private static readonly Register[] Device =
    [
        new(0x0a, 2, "CXL capabilities", [.. Protocols, new("memory initialised by hardware", 3), new("HDM ranges", 5, 4), new("viral handling", 14)]),
        new(0x0c, 2, "CXL control",
        [
            .. Protocols, new("snoop filter coverage", 7, 3), new("snoop filter granularity", 10, 8), new("clean evictions", 11), new("viral handling", 14),
        ]),
        new(0x0e, 2, "CXL status", new Field("viral", 14)),
        new(0x10, 2, "CXL control 2",
            new("disable caching", 0), new("write back and invalidate", 1), new("reset", 2), new("reset clears memory", 3), new("HDM state after hot reset", 4)),
        new(0x12, 2, "CXL status 2", new("cache invalid", 0), new("reset complete", 1), new("reset error", 2), new("power management initialised", 15)),
        new(0x14, 2, "CXL lock", new Field("configuration locked", 0)),
        new(0x16, 2, "CXL capabilities 2", new("cache unit", 3, 0, Meanings.OneOf("not reported", "64 KiB", "1 MiB")), new("cache size", 15, 8)),
        .. Enumerable.Range(1, 2).SelectMany(RangeRegisters),
        new(0x38, 2, "CXL capabilities 3",
            new("HDM state kept over cold reset", 0), new("HDM state kept over warm reset", 1), new("HDM state kept over hot reset", 2),
            new("configurable for hot reset", 3)),
    ];

    private static readonly Register[] FunctionMap =
        [.. Enumerable.Range(0, 8).Select(index => new Register(0x0c + (index * 4), 4, $"Functions without CXL {index}"))];

    private static readonly Register[] Port =
    [
        new(0x0a, 2, "Port status", new Field("power management initialised", 0)),
        new(0x0c, 2, "Port control",
            new("unmask secondary bus reset", 0), new("unmask link disable", 1), new("alternate memory", 2), new("alternate bus mastering", 3),
            new("viral handling", 14)),
        new(0x0e, 1, "Alternate bus base"),
        new(0x0f, 1, "Alternate bus limit"),
        new(0x10, 2, "Alternate memory base"),
        new(0x12, 2, "Alternate memory limit"),
        new(0x14, 2, "Alternate prefetchable base"),
        new(0x16, 2, "Alternate prefetchable limit"),
        new(0x18, 4, "Alternate prefetchable base, upper half"),
        new(0x1c, 4, "Alternate prefetchable limit, upper half"),
        new(0x20, 4, "RCRB base"),
        new(0x24, 4, "RCRB base, upper half"),
    ];

    private static readonly Register[] PortFlush =
        [new(0x0c, 2, "Flush phase 1 timeout", Timeout), new(0x0e, 2, "Flush phase 2 timeout", Timeout)];

    private static readonly Register[] DeviceFlush =
        [new(0x0a, 2, "Flush phase 2 duration", Timeout), new(0x0c, 4, "Flush phase 2 power in mW")];

    private static readonly Register[] FlexBus =
    [
        new(0x0a, 2, "Flex bus capabilities", [.. Protocols, .. Flits]),
        new(0x0c, 2, "Flex bus control",
        [
            .. Protocols, .. Flits, new("synch header bypass", 3), new("drift buffer", 4), new("restricted CXL device", 7), new("retimer 1", 8),
            new("retimer 2", 9),
        ]),
        new(0x0e, 2, "Flex bus status",
        [
            .. Protocols, .. Flits, new("synch header bypass", 3), new("drift buffer", 4), new("even half of a flit failed", 8),
            new("uncorrectable protocol id error", 9), new("unexpected protocol id", 10), new("framing error", 11),
        ]),
        new(0x10, 4, "Received modified training set", new Field("data", 23, 0, Meanings.Hex)),
        new(0x14, 4, "Flex bus capabilities 2", new Field("NOP hint", 0)),
        new(0x18, 4, "Flex bus control 2", new Field("NOP hint", 0)),
        new(0x1c, 4, "Flex bus status 2", new Field("NOP hint information", 1, 0)),
    ];

    private static readonly Register[] Locator =
    [
        .. Enumerable.Range(1, MostBlocks).SelectMany(index => new Register[]
        {
            new(0x04 + (index * 8), 4, $"Block {index}",
                new("BAR", 2, 0),
                new("id", 15, 8, Meanings.OneOf("empty", "component registers", "BAR virtualization", "device registers", "performance monitors")),
                new("offset", 31, 16, Meanings.HexShifted(16))),
            new(0x08 + (index * 8), 4, $"Block {index} offset, upper half"),
        }),
    ];

    private static readonly Register[] LogicalDevices = [new(0x0a, 2, "Logical devices")];

    /// <summary>The registers behind the headers; none for an id that is not known.</summary>
    public static IReadOnlyList<Register> For(ushort id) => id switch
    {
        0x0000 => Device,
        0x0002 => FunctionMap,
        0x0003 => Port,
        0x0004 => PortFlush,
        0x0005 => DeviceFlush,
        0x0007 => FlexBus,
        0x0008 => Locator,
        0x0009 => LogicalDevices,
        _ => [],
    };

    private static Register[] RangeRegisters(int number)
    {
        int place = 0x08 + (number * 0x10);
        return
        [
            new(place, 4, $"Range {number} size, upper half"),
            new(place + 4, 4, $"Range {number} size", Range),
            new(place + 8, 4, $"Range {number} base, upper half"),
            new(place + 12, 4, $"Range {number} base", new Field("address", 31, 28, Meanings.HexShifted(28))),
        ];
    }
}
