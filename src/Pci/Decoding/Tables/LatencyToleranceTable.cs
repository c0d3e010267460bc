namespace Fleet.Pci.Decoding.Tables;

/// <summary>Latency Tolerance Reporting (PCI Express Base, section 7.8.2).</summary>
internal static class LatencyToleranceTable
{
    public static readonly Register[] Registers =
    [
        new(0x04, 2, "Maximum snoop latency", new("value", 9, 0), new("scale", 12, 10, Meanings.LatencyScale)),
        new(0x06, 2, "Maximum no-snoop latency", new("value", 9, 0), new("scale", 12, 10, Meanings.LatencyScale)),
    ];
}
