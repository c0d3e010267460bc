namespace Fleet.Pci.Decoding.Tables.Conventional;

/// <summary>The vendor-specific capability of a virtio device (Virtual I/O Device 1.2, section 4.1.4).</summary>
internal static class VirtioTable
{
    private const ushort Vendor = 0x1af4;

    public static readonly Register[] Registers =
    [
        new(0x02, 1, "Length"),
        new(0x03, 1, "Type", new Field("type", 7, 0, Meanings.OneOf(
            null, "common configuration", "notifications", "interrupt status", "device configuration", "PCI configuration access", null, null,
            "shared memory", "vendor data"))),
        new(0x04, 1, "BAR"),
        new(0x05, 1, "Id"),
        new(0x08, 4, "Offset"),
        new(0x0c, 4, "Size"),
        new(0x10, 4, "Notification offset multiplier"),
    ];

    public static bool Has(ConfigImage image) =>
        image.TryRead32(0, out uint identity) && (ushort)identity is Vendor && identity >> 16 is >= 0x1000 and <= 0x107f;
}
