namespace Fleet.Pci.Decoding.Tables.RootComplex;

/// <summary>Capabilities of the parts of a root complex (PCI Express Base, sections 7.9.8 to 7.9.10 and 7.9.12).</summary>
internal static class RootComplexTables
{
    private const int MostLinks = 255;

    /// <summary>Link declaration. The length of the capability says how many links there are.</summary>
    public static readonly Register[] LinkDeclaration =
    [
        new(0x04, 4, "Element self description",
            new("element type", 3, 0, Meanings.OneOf("configuration space", "egress port", "internal link")), new("link entries", 15, 8),
            new("component id", 23, 16), new("port number", 31, 24)),
        .. Enumerable.Range(0, MostLinks).SelectMany(Link),
    ];

    public static readonly Register[] InternalLink =
    [
        new(0x04, 4, "Link capabilities",
            new("maximum speed", 3, 0, Meanings.LinkSpeed), new("maximum width", 9, 4, Meanings.LinkWidth),
            new("ASPM support", 11, 10, Meanings.OneOf("none", "L0s", "L1", "L0s and L1"))),
        new(0x08, 2, "Link control", new("ASPM", 1, 0, Meanings.OneOf("none", "L0s", "L1", "L0s and L1")), new("extended synch", 7)),
        new(0x0a, 2, "Link status", new("speed", 3, 0, Meanings.LinkSpeed), new("width", 9, 4, Meanings.LinkWidth)),
    ];

    public static readonly Register[] EventCollector =
    [
        new(0x04, 4, "Associated endpoints", [.. Enumerable.Range(0, 32).Select(device => new Field($"device {device}", device))]),
        new(0x08, 4, "Associated bus numbers", new("next bus", 15, 8, Meanings.Hex), new("last bus", 23, 16, Meanings.Hex)),
    ];

    public static readonly Register[] RegisterBlock =
    [
        new(0x04, 2, "Vendor id"),
        new(0x06, 2, "Device id"),
        new(0x08, 4, "Capabilities", new Field("configuration retry visibility", 0)),
        new(0x0c, 4, "Control", new Field("configuration retry visibility", 0)),
    ];

    private static IEnumerable<Register> Link(int index)
    {
        int place = 0x10 + (index * 0x10);
        yield return new(place, 4, $"Link {index} description",
            new("valid", 0), new("type", 1, Meanings.OneOf("memory mapped", "configuration space")), new("associated RCRB", 2),
            new("target component id", 23, 16), new("target port number", 31, 24));
        yield return new(place + 8, 8, $"Link {index} address");
    }
}
