namespace Fleet.Simulator.Hardware.Capabilities;

/// <summary>Extended capabilities that a link brings with it, by its speed.</summary>
internal static class LinkParts
{
    /// <summary>Secondary PCI Express from 8 GT/s, data link features and the physical layers from 16 GT/s on.</summary>
    public static IReadOnlyList<CapabilityPart> For(LinkModel link) =>
    [
        .. link.Speed >= 3 ? [Secondary(link.Width)] : Array.Empty<CapabilityPart>(),
        .. link.Speed >= 4 ? [DataLinkFeature(), Physical16(link.Width), LaneMargining(link.Width)] : Array.Empty<CapabilityPart>(),
        .. link.Speed >= 5 ? [Physical32(link.Width)] : Array.Empty<CapabilityPart>(),
    ];

    private static CapabilityPart Secondary(byte width) => new(0x19, 1, 0x0c + (2 * width), (r, at) =>
    {
        r.Define32(at + 4, 0, writable: 0x0000_0003);
        r.Define32(at + 8, 0, clearable: (uint)((1L << width) - 1));
        for (int lane = 0; lane < width; lane++)
        {
            r.Define16(at + 0x0c + (2 * lane), 0x7f7f);
        }
    });

    private static CapabilityPart DataLinkFeature() => new(0x25, 1, 0x0c, static (r, at) =>
    {
        r.Define32(at + 4, 0x8000_0001);
        r.Define32(at + 8, 0x8000_0001);
    });

    private static CapabilityPart Physical16(byte width) => new(0x26, 1, 0x20 + width, (r, at) =>
    {
        r.Define32(at + 0x0c, 0x0000_000f);
        for (int lane = 0; lane < width; lane++)
        {
            r.Define8(at + 0x20 + lane, 0x55);
        }
    });

    private static CapabilityPart LaneMargining(byte width) => new(0x27, 1, 0x08 + (4 * width), (r, at) =>
    {
        r.Define32(at + 4, 0x0001_0000);
        for (int lane = 0; lane < width; lane++)
        {
            r.Define32(at + 8 + (4 * lane), 0x9c38_9c38, writable: 0x0000_ffff);
        }
    });

    private static CapabilityPart Physical32(byte width) => new(0x2a, 1, 0x20 + width, (r, at) =>
    {
        r.Define32(at + 0x04, 0x0000_0003);
        r.Define32(at + 0x0c, 0x0000_000f);
        for (int lane = 0; lane < width; lane++)
        {
            r.Define8(at + 0x20 + lane, 0x55);
        }
    });
}
