namespace Fleet.Pci.Decoding.Tables;

/// <summary>Transaction Processing Hints (PCI Express Base, section 7.9.13). The steering table is there when the length says so.</summary>
internal static class ProcessingHintsTable
{
    private const int MostEntries = 64;

    public static readonly Register[] Registers =
    [
        new(0x04, 4, "Capabilities",
            new("no steering tag mode", 0), new("interrupt vector mode", 1), new("device specific mode", 2), new("extended requester", 8),
            new("steering table location", 10, 9, Meanings.OneOf("none", "here", "MSI-X table")), new("steering table entries less one", 26, 16)),
        new(0x08, 4, "Control",
            new("mode", 2, 0, Meanings.OneOf("no steering tag", "interrupt vector", "device specific")),
            new("requester", 9, 8, Meanings.OneOf("off", "TPH", null, "TPH and extended TPH"))),
        .. Enumerable.Range(0, MostEntries).Select(index => new Register(0x0c + (index * 2), 2, $"Steering tag {index}")),
    ];
}
