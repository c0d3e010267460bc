namespace Fleet.Pci.Decoding.Tables;

/// <summary>Multicast (PCI Express Base, section 7.9.11). The overlay is there in root ports and switch ports only.</summary>
internal static class MulticastTable
{
    public static readonly Register[] Registers =
    [
        new(0x04, 2, "Capabilities", new("maximum groups less one", 5, 0), new("window size", 13, 8), new("ECRC regeneration", 15)),
        new(0x06, 2, "Control", new("groups less one", 5, 0), new("enable", 15)),
        new(0x08, 8, "Base address", new("index position", 5, 0), new("address", 63, 12, Meanings.HexShifted(12))),
        new(0x10, 8, "Receive"),
        new(0x18, 8, "Block all"),
        new(0x20, 8, "Block untranslated"),
        new(0x28, 8, "Overlay base address", new("size", 5, 0), new("address", 63, 6, Meanings.HexShifted(6))),
    ];
}
