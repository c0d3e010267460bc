namespace Fleet.Pci.Decoding.Tables;

/// <summary>Power beyond power management (PCI Express Base, section 7.8.1; Dynamic Power Allocation of revision 4.0, section 7.9.12).</summary>
internal static class PowerTables
{
    private const int MostSubstates = 32;

    public static readonly Register[] Budgeting =
    [
        new(0x04, 1, "Data select"),
        new(0x08, 4, "Data",
            new("base power", 7, 0), new("scale", 9, 8, Meanings.OneOf("1 W", "0.1 W", "0.01 W", "0.001 W")), new("PM substate", 12, 10),
            new("PM state", 14, 13, Meanings.OneOf("D0", "D1", "D2", "D3")),
            new("type", 17, 15, Meanings.OneOf("PME auxiliary", "auxiliary", "idle", "sustained", "sustained, emergency", "maximum, emergency", null, "maximum")),
            new("rail", 20, 18, Meanings.OneOf("12 V", "3.3 V", "1.5 V or 1.8 V", "48 V", "5 V", null, null, "thermal"))),
        new(0x0c, 1, "Capabilities", new Field("system allocated", 0)),
    ];

    public static readonly Register[] DynamicAllocation =
    [
        new(0x04, 4, "Capabilities",
            new("highest substate", 4, 0), new("latency unit", 9, 8, Meanings.OneOf("1 ms", "10 ms", "100 ms")),
            new("power scale", 13, 12, Meanings.OneOf("10 W", "1 W", "0.1 W", "0.01 W")), new("latency 0", 23, 16), new("latency 1", 31, 24)),
        new(0x08, 4, "Latency indicator"),
        new(0x0c, 2, "Status", new("substate", 4, 0), new("control enabled", 8)),
        new(0x0e, 2, "Control", new Field("substate", 4, 0)),
        .. Enumerable.Range(0, MostSubstates).Select(index => new Register(0x10 + index, 1, $"Substate {index} power")),
    ];
}
