using System.Globalization;

namespace Fleet.Pci.Decoding.Tables.Conventional;

/// <summary>Conventional capabilities of one or two registers.</summary>
internal static class SmallTables
{
    /// <summary>Slot identification of an expansion chassis (PCI-to-PCI Bridge Architecture, section 13.4.3).</summary>
    public static readonly Register[] SlotIdentification =
    [
        new(0x02, 1, "Expansion slot", new("slots", 4, 0), new("first in chassis", 5)),
        new(0x03, 1, "Chassis number"),
    ];

    /// <summary>CompactPCI Hot Swap (PICMG 2.1), control and status.</summary>
    public static readonly Register[] HotSwap =
    [
        new(0x02, 1, "Control and status",
            new("device hiding arm", 0), new("ENUM# mask", 1), new("insertion or extraction pending", 2), new("LED", 3, Meanings.OneOf("off", "on")),
            new("programming interface", 5, 4), new("extraction", 6), new("insertion", 7)),
    ];

    /// <summary>Where the debug port of a USB controller is (EHCI, appendix C).</summary>
    public static readonly Register[] DebugPort = [new(0x02, 2, "Debug port", new("offset", 12, 0, Meanings.Hex), new("BAR", 15, 13))];

    /// <summary>Serial ATA (AHCI 1.3, section 2.4): where the index and data registers are.</summary>
    public static readonly Register[] SerialAta =
    [
        new(0x02, 2, "Revision", new("major", 7, 4), new("minor", 3, 0)),
        new(0x04, 4, "Location", new("BAR", 3, 0, Bar), new("offset", 23, 4, Meanings.HexShifted(2))),
    ];

    private static string? Bar(ulong value) => value switch
    {
        0xf => "in configuration space",
        >= 4 and <= 9 => string.Create(CultureInfo.InvariantCulture, $"BAR {value - 4}"),
        _ => null,
    };
}
