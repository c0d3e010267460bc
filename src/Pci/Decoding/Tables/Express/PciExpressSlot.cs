namespace Fleet.Pci.Decoding.Tables.Express;

/// <summary>Slot registers of the PCI Express capability.</summary>
internal static class PciExpressSlot
{
    private static readonly Func<ulong, string?> Indicator = Meanings.OneOf(null, "on", "blink", "off");

    public static readonly Register[] Registers =
    [
        new(0x14, 4, "Slot capabilities",
            new("attention button", 0), new("power controller", 1), new("MRL sensor", 2), new("attention indicator", 3),
            new("power indicator", 4), new("hot-plug surprise", 5), new("hot-plug capable", 6), new("power limit", 14, 7),
            new("power limit scale", 16, 15, Meanings.OneOf("1 W", "0.1 W", "0.01 W", "0.001 W")), new("interlock", 17),
            new("no command completed", 18), new("physical slot number", 31, 19)),
        new(0x18, 2, "Slot control",
            new("attention button pressed enable", 0), new("power fault detected enable", 1), new("MRL sensor changed enable", 2),
            new("presence detect changed enable", 3), new("command completed interrupt", 4), new("hot-plug interrupt", 5),
            new("attention indicator", 7, 6, Indicator), new("power indicator", 9, 8, Indicator),
            new("power", 10, Meanings.OneOf("on", "off")), new("interlock control", 11), new("link state changed enable", 12)),
        new(0x1a, 2, "Slot status",
            new("attention button pressed", 0), new("power fault", 1), new("MRL sensor changed", 2), new("presence detect changed", 3),
            new("command completed", 4), new("MRL sensor", 5, Meanings.OneOf("closed", "open")),
            new("presence", 6, Meanings.OneOf("empty", "card present")), new("interlock", 7), new("link state changed", 8)),
    ];
}
