namespace Fleet.Pci.Decoding.Tables.Express;

/// <summary>Root registers of the PCI Express capability.</summary>
internal static class PciExpressRoot
{
    public static readonly Register[] Registers =
    [
        new(0x1c, 2, "Root control",
            new("system error on correctable error", 0), new("system error on non-fatal error", 1), new("system error on fatal error", 2),
            new("PME interrupt", 3), new("configuration retry visibility", 4)),
        new(0x1e, 2, "Root capabilities", new Field("configuration retry visibility", 0)),
        new(0x20, 4, "Root status", new("PME requester", 15, 0, Meanings.Hex), new("PME status", 16), new("PME pending", 17)),
    ];
}
