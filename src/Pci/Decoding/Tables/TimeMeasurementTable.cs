namespace Fleet.Pci.Decoding.Tables;

/// <summary>Precision Time Measurement (PCI Express Base, section 7.9.15).</summary>
internal static class TimeMeasurementTable
{
    public static readonly Register[] Registers =
    [
        new(0x04, 4, "Capabilities",
            new("requester", 0), new("responder", 1), new("root", 2), new("local clock granularity in ns", 15, 8)),
        new(0x08, 4, "Control", new("enable", 0), new("root select", 1), new("effective granularity in ns", 15, 8)),
    ];
}
