namespace Fleet.Pci.Decoding.Tables.Conventional;

/// <summary>HyperTransport (HyperTransport I/O Link 3.10, section 7): one id for many capabilities, told apart by the upper bits of the header.</summary>
internal static class HyperTransportTables
{
    private static readonly Func<ulong, string?> Width = Meanings.OneOf("8 bits", "16 bits", null, "32 bits", "2 bits", "4 bits", null, "not connected");

    private static readonly Func<ulong, string?> Frequency = Meanings.OneOf(
        "200 MHz", "300 MHz", "400 MHz", "500 MHz", "600 MHz", "800 MHz", "1 GHz", "1.2 GHz", "1.4 GHz", "1.6 GHz",
        null, null, null, null, null, "vendor-specific");

    private static readonly Field[] LinkControl =
    [
        new("CRC flood enable", 1), new("CRC start test", 2), new("CRC force error", 3), new("link failure", 4), new("initialisation complete", 5),
        new("end of chain", 6), new("transmitter off", 7), new("CRC error", 11, 8), new("isochronous flow control enable", 12),
        new("LDTSTOP# tristate enable", 13), new("extended CTL time", 14), new("64-bit addressing enable", 15),
    ];

    private static readonly Field[] LinkConfiguration =
    [
        new("maximum width in", 2, 0, Width), new("doubleword flow control in", 3), new("maximum width out", 6, 4, Width),
        new("doubleword flow control out", 7), new("width in", 10, 8, Width), new("doubleword flow control in enable", 11),
        new("width out", 14, 12, Width), new("doubleword flow control out enable", 15),
    ];

    private static readonly Field[] Revision = [new("major", 7, 5), new("minor", 4, 0)];

    private static readonly Field[] LinkFrequency =
    [
        new("frequency", 3, 0, Frequency), new("protocol error", 4), new("overflow error", 5), new("end of chain error", 6), new("CTL timeout", 7),
    ];

    private static readonly Field[] Frequencies =
    [
        new("200 MHz", 0), new("300 MHz", 1), new("400 MHz", 2), new("500 MHz", 3), new("600 MHz", 4), new("800 MHz", 5), new("1 GHz", 6),
        new("1.2 GHz", 7), new("1.4 GHz", 8), new("1.6 GHz", 9), new("vendor-specific", 15),
    ];

    private static readonly Field[] Features =
    [
        new("isochronous flow control", 0), new("LDTSTOP#", 1), new("CRC test mode", 2), new("extended CTL time required", 3),
        new("64-bit addressing", 4), new("UnitID reorder disable", 5),
    ];

    private static readonly Field[] ErrorHandling =
    [
        new("protocol error flood enable", 0), new("overflow error flood enable", 1), new("protocol error fatal", 2), new("overflow error fatal", 3),
        new("end of chain error fatal", 4), new("response error fatal", 5), new("CRC error fatal", 6), new("system error fatal", 7), new("chain fail", 8),
        new("response error", 9), new("protocol error non-fatal", 10), new("overflow error non-fatal", 11), new("end of chain error non-fatal", 12),
        new("response error non-fatal", 13), new("CRC error non-fatal", 14), new("system error non-fatal", 15),
    ];

    public static readonly Register[] Primary =
    [
        new(0x02, 2, "Command",
            new("base unit id", 4, 0), new("unit count", 9, 5), new("master host", 10), new("default direction", 11),
            new("drop on uninitialised link", 12), new("type", 15, 13)),
        new(0x04, 2, "Link control 0", LinkControl),
        new(0x06, 2, "Link configuration 0", LinkConfiguration),
        new(0x08, 2, "Link control 1", LinkControl),
        new(0x0a, 2, "Link configuration 1", LinkConfiguration),
        new(0x0c, 1, "Revision", Revision),
        new(0x0d, 1, "Link frequency 0", LinkFrequency),
        new(0x0e, 2, "Link frequencies 0", Frequencies),
        new(0x10, 1, "Features", Features),
        new(0x11, 1, "Link frequency 1", LinkFrequency),
        new(0x12, 2, "Link frequencies 1", Frequencies),
        new(0x14, 2, "Enumeration scratchpad"),
        new(0x16, 2, "Error handling", ErrorHandling),
        new(0x18, 1, "Prefetchable memory base, upper"),
        new(0x19, 1, "Prefetchable memory limit, upper"),
        new(0x1a, 1, "Bus number"),
    ];

    public static readonly Register[] Secondary =
    [
        new(0x02, 2, "Command",
            new("warm reset", 0), new("double-ended", 1), new("device number", 6, 2), new("chain side", 7), new("host hide", 8), new("act as slave", 10),
            new("host inbound end of chain error", 11), new("drop on uninitialised link", 12), new("type", 15, 13)),
        new(0x04, 2, "Link control", LinkControl),
        new(0x06, 2, "Link configuration", LinkConfiguration),
        new(0x08, 1, "Revision", Revision),
        new(0x09, 1, "Link frequency", LinkFrequency),
        new(0x0a, 2, "Link frequencies", Frequencies),
        new(0x0c, 2, "Features", [.. Features, new("extended registers", 8), new("upstream configuration enable", 9)]),
        new(0x10, 2, "Enumeration scratchpad"),
        new(0x12, 2, "Error handling", ErrorHandling),
        new(0x14, 1, "Prefetchable memory base, upper"),
        new(0x15, 1, "Prefetchable memory limit, upper"),
    ];

    public static readonly Register[] MessageMapping =
    [
        new(0x02, 2, "Command", new("enable", 0), new("fixed", 1), Kind()),
        new(0x04, 4, "Address", new Field("address", 31, 20, Meanings.HexShifted(20))),
        new(0x08, 4, "Upper address"),
    ];

    public static readonly Register[] Other = [new(0x02, 2, "Command", Kind(), new Field("major revision", 7, 5), new Field("minor revision", 4, 0))];

    private static Field Kind() => new("type", 15, 11, value => value switch
    {
        0x08 => "switch",
        0x10 => "interrupt discovery and configuration",
        0x11 => "revision id",
        0x12 => "UnitID clumping",
        0x13 => "extended configuration space access",
        0x14 => "address mapping",
        0x15 => "MSI mapping",
        0x16 => "direct route",
        0x17 => "VC set",
        0x18 => "retry mode",
        0x19 => "x86",
        _ => null,
    });
}
