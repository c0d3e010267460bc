namespace Fleet.Pci.Decoding.Tables.Conventional;

/// <summary>Flattening Portal Bridge (PCI Express Base, section 7.8.10).</summary>
internal static class FlatteningPortalTable
{
    public static readonly Register[] Registers =
    [
        new(0x04, 4, "Capabilities",
            new("RID decoding", 0), new("memory low decoding", 1), new("memory high decoding", 2), new("secondary devices", 7, 3)),
        new(0x08, 4, "Routing id vector control 1", new("enable", 0), new("granularity", 7, 4), new("start", 31, 19)),
        new(0x0c, 4, "Routing id vector control 2", new Field("secondary start", 15, 3)),
        new(0x10, 4, "Memory low vector control", new("enable", 0), new("granularity", 7, 4), new("start", 31, 20)),
        new(0x14, 4, "Memory high vector control 1", new("enable", 0), new("granularity", 7, 4), new("start, lower", 31, 28)),
        new(0x18, 4, "Memory high vector control 2"),
        new(0x1c, 4, "Vector access control", new("offset", 7, 0), new("select", 15, 14, Meanings.OneOf("routing id", "memory low", "memory high"))),
        new(0x20, 4, "Vector access data"),
    ];
}
