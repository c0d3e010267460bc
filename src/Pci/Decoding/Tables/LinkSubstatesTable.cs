namespace Fleet.Pci.Decoding.Tables;

/// <summary>L1 PM Substates (PCI Express Base, section 7.8.3).</summary>
internal static class LinkSubstatesTable
{
    private static readonly Func<ulong, string?> PowerOnScale = Meanings.OneOf("2 us", "10 us", "100 us");

    private static readonly Field[] Substates = [new("PCI-PM L1.2", 0), new("PCI-PM L1.1", 1), new("ASPM L1.2", 2), new("ASPM L1.1", 3)];

    public static readonly Register[] Registers =
    [
        new(0x04, 4, "Capabilities",
        [
            .. Substates, new("L1 PM substates", 4), new("common mode restore time", 15, 8), new("power-on scale", 17, 16, PowerOnScale),
            new("power-on value", 23, 19),
        ]),
        new(0x08, 4, "Control 1",
        [
            .. Substates, new("common mode restore time", 15, 8), new("LTR L1.2 threshold value", 25, 16),
            new("LTR L1.2 threshold scale", 31, 29, Meanings.LatencyScale),
        ]),
        new(0x0c, 4, "Control 2", new("power-on scale", 1, 0, PowerOnScale), new("power-on value", 7, 3)),
    ];
}
