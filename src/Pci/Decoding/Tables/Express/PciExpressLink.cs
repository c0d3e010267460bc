namespace Fleet.Pci.Decoding.Tables.Express;

/// <summary>Link registers of the PCI Express capability.</summary>
internal static class PciExpressLink
{
    private static readonly Func<ulong, string?> Aspm = Meanings.OneOf("none", "L0s", "L1", "L0s and L1");

    public static readonly Register[] Registers =
    [
        new(0x0c, 4, "Link capabilities",
            new("maximum speed", 3, 0, Meanings.LinkSpeed), new("maximum width", 9, 4, Meanings.LinkWidth),
            new("ASPM support", 11, 10, Aspm),
            new("L0s exit latency", 14, 12,
                Meanings.OneOf(
                    "under 64 ns", "under 128 ns", "under 256 ns", "under 512 ns", "under 1 us", "under 2 us", "under 4 us", "over 4 us")),
            new("L1 exit latency", 17, 15,
                Meanings.OneOf(
                    "under 1 us", "under 2 us", "under 4 us", "under 8 us", "under 16 us", "under 32 us", "under 64 us", "over 64 us")),
            new("clock power management", 18), new("surprise down reporting", 19), new("link active reporting", 20),
            new("bandwidth notification", 21), new("ASPM optionality compliance", 22), new("port number", 31, 24)),
        new(0x10, 2, "Link control",
            new("ASPM", 1, 0, Aspm), new("read completion boundary", 3, Meanings.OneOf("64 bytes", "128 bytes")), new("link disable", 4),
            new("retrain link", 5), new("common clock", 6), new("extended synch", 7), new("clock power management", 8),
            new("autonomous width disable", 9), new("bandwidth management interrupt", 10), new("autonomous bandwidth interrupt", 11)),
        new(0x12, 2, "Link status",
            new("speed", 3, 0, Meanings.LinkSpeed), new("width", 9, 4, Meanings.LinkWidth), new("training error", 10), new("training", 11), new("slot clock", 12),
            new("link active", 13), new("bandwidth management", 14), new("autonomous bandwidth", 15)),
    ];

    public static readonly Register[] Registers2 =
    [
        new(0x2c, 4, "Link capabilities 2",
            new("supported speeds", 7, 1, Meanings.LinkSpeeds), new("crosslink", 8), new("retimer presence detect", 23),
            new("two retimers presence detect", 24), new("DRS", 31)),
        new(0x30, 2, "Link control 2",
            new("target speed", 3, 0, Meanings.LinkSpeed), new("enter compliance", 4), new("autonomous speed disable", 5),
            new("selectable de-emphasis", 6, Meanings.OneOf("-6 dB", "-3.5 dB")), new("transmit margin", 9, 7),
            new("enter modified compliance", 10), new("compliance SOS", 11), new("compliance preset", 15, 12)),
        new(0x32, 2, "Link status 2",
            new("current de-emphasis", 0, Meanings.OneOf("-6 dB", "-3.5 dB")), new("equalization complete", 1),
            new("equalization phase 1", 2), new("equalization phase 2", 3), new("equalization phase 3", 4),
            new("link equalization request", 5), new("retimer", 6), new("two retimers", 7), new("crosslink resolution", 9, 8),
            new("downstream component presence", 14, 12), new("DRS message received", 15)),
    ];
}
