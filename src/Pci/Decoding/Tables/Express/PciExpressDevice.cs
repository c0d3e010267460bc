namespace Fleet.Pci.Decoding.Tables.Express;

/// <summary>Device registers of the PCI Express capability.</summary>
internal static class PciExpressDevice
{
    private static readonly Func<ulong, string?> CompletionTimeout = Meanings.OneOf(
        "50 us to 50 ms", "50 to 100 us", "1 to 10 ms", null, null, "16 to 55 ms", "65 to 210 ms", null, null, "260 to 900 ms",
        "1 to 3.5 s", null, null, "4 to 13 s", "17 to 64 s");

    public static readonly Register[] Registers =
    [
        new(0x04, 4, "Device capabilities",
            new("maximum payload", 2, 0, Meanings.PayloadSize), new("phantom functions", 4, 3), new("extended tags", 5),
            new("acceptable L0s latency", 8, 6,
                Meanings.OneOf("64 ns", "128 ns", "256 ns", "512 ns", "1 us", "2 us", "4 us", "no limit")),
            new("acceptable L1 latency", 11, 9,
                Meanings.OneOf("1 us", "2 us", "4 us", "8 us", "16 us", "32 us", "64 us", "no limit")),
            new("attention button", 12), new("attention indicator", 13), new("power indicator", 14), new("role-based error reporting", 15), new("captured slot power limit", 25, 18),
            new("captured slot power scale", 27, 26, Meanings.OneOf("1 W", "0.1 W", "0.01 W", "0.001 W")),
            new("function level reset", 28)),
        new(0x08, 2, "Device control",
            new("report correctable errors", 0), new("report non-fatal errors", 1), new("report fatal errors", 2),
            new("report unsupported requests", 3), new("relaxed ordering", 4), new("maximum payload", 7, 5, Meanings.PayloadSize),
            new("extended tags", 8), new("phantom functions", 9), new("aux power", 10), new("no snoop", 11),
            new("maximum read request", 14, 12, Meanings.PayloadSize), new("function level reset or bridge retry", 15)),
        new(0x0a, 2, "Device status",
            new("correctable error", 0), new("non-fatal error", 1), new("fatal error", 2), new("unsupported request", 3),
            new("aux power", 4), new("transactions pending", 5), new("emergency power reduction", 6)),
    ];

    public static readonly Register[] Registers2 =
    [
        new(0x24, 4, "Device capabilities 2",
            new("completion timeout ranges", 3, 0), new("completion timeout disable", 4), new("ARI forwarding", 5),
            new("AtomicOp routing", 6), new("32-bit AtomicOp completer", 7), new("64-bit AtomicOp completer", 8), new("128-bit CAS completer", 9),
            new("no relaxed ordering between ports", 10),
            new("latency tolerance reporting", 11), new("TPH completer", 13, 12, Meanings.OneOf("none", "TPH", null, "TPH and extended TPH")),
            new("LN system", 15, 14, Meanings.OneOf("none", "64-byte lines", "128-byte lines")), new("10-bit tag completer", 16),
            new("10-bit tag requester", 17), new("OBFF", 19, 18, Meanings.OneOf("not supported", "message", "WAKE#", "message and WAKE#")),
            new("extended fmt field", 20), new("end-end TLP prefix", 21),
            new("maximum end-end TLP prefixes", 23, 22, Meanings.OneOf("4", "1", "2", "3")),
            new("emergency power reduction", 25, 24, Meanings.OneOf("not supported", "device", "form factor or device")),
            new("emergency power reduction initialisation", 26), new("FRS", 31)),
        new(0x28, 2, "Device control 2",
            new("completion timeout", 3, 0, CompletionTimeout), new("completion timeout disable", 4), new("ARI forwarding", 5),
            new("AtomicOp requester", 6), new("AtomicOp egress blocking", 7), new("ID-based ordering of requests", 8),
            new("ID-based ordering of completions", 9), new("latency tolerance reporting", 10),
            new("emergency power reduction request", 11), new("10-bit tag requester", 12),
            new("OBFF", 14, 13, Meanings.OneOf("disabled", "message A", "message B", "WAKE#")), new("end-end TLP prefix blocking", 15)),
    ];
}
