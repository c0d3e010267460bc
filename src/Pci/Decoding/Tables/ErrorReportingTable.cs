namespace Fleet.Pci.Decoding.Tables;

/// <summary>Advanced Error Reporting (PCI Express Base, section 7.8.4).</summary>
internal static class ErrorReportingTable
{
    private static readonly Field[] Uncorrectable =
    [
        new("data link protocol error", 4), new("surprise down", 5), new("poisoned TLP", 12), new("flow control protocol error", 13),
        new("completion timeout", 14), new("completer abort", 15), new("unexpected completion", 16), new("receiver overflow", 17),
        new("malformed TLP", 18), new("ECRC error", 19), new("unsupported request", 20), new("ACS violation", 21),
        new("uncorrectable internal error", 22), new("multicast blocked TLP", 23), new("AtomicOp egress blocked", 24),
        new("TLP prefix blocked", 25), new("poisoned TLP egress blocked", 26),
    ];

    private static readonly Field[] Correctable =
    [
        new("receiver error", 0), new("bad TLP", 6), new("bad DLLP", 7), new("replay rollover", 8), new("replay timeout", 12),
        new("advisory non-fatal error", 13), new("corrected internal error", 14), new("header log overflow", 15),
    ];

    public static readonly Register[] Registers =
    [
        new(0x04, 4, "Uncorrectable error status", Uncorrectable),
        new(0x08, 4, "Uncorrectable error mask", Uncorrectable),
        new(0x0c, 4, "Uncorrectable error severity", Uncorrectable),
        new(0x10, 4, "Correctable error status", Correctable),
        new(0x14, 4, "Correctable error mask", Correctable),
        new(0x18, 4, "Capabilities and control",
            new("first error pointer", 4, 0), new("ECRC generation capable", 5), new("ECRC generation", 6), new("ECRC check capable", 7),
            new("ECRC check", 8), new("multiple header recording capable", 9), new("multiple header recording", 10),
            new("TLP prefix log present", 11), new("completion timeout log capable", 12)),
        new(0x1c, 4, "Header log 0"),
        new(0x20, 4, "Header log 1"),
        new(0x24, 4, "Header log 2"),
        new(0x28, 4, "Header log 3"),
        new(0x2c, 4, "Root error command",
            new("report correctable errors", 0), new("report non-fatal errors", 1), new("report fatal errors", 2)),
        new(0x30, 4, "Root error status",
            new("correctable error", 0), new("multiple correctable errors", 1), new("uncorrectable error", 2),
            new("multiple uncorrectable errors", 3), new("first uncorrectable fatal", 4), new("non-fatal messages", 5),
            new("fatal messages", 6), new("interrupt message", 31, 27)),
        new(0x34, 4, "Error source",
            new("correctable error source", 15, 0, Meanings.Hex), new("uncorrectable error source", 31, 16, Meanings.Hex)),
    ];
}
