namespace Fleet.Simulator.Hardware.Capabilities;

/// <summary>Conventional capabilities as devices of today have them.</summary>
internal static class ConventionalParts
{
    /// <summary>Power management: no PME, no soft reset; the power state may be written.</summary>
    public static CapabilityPart Power() => new(0x01, 0, 8, static (r, at) =>
    {
        r.Define16(at + 2, 0x0003);
        r.Define32(at + 4, 0x0000_0008, writable: 0x0000_0003);
    });

    /// <summary>MSI with a 64-bit address; masks add the two registers of per-vector masking.</summary>
    public static CapabilityPart Msi(bool masks = false) => new(0x05, 0, masks ? 0x18 : 0x10, (r, at) =>
    {
        r.Define16(at + 2, (ushort)(masks ? 0x0180 : 0x0080), writable: 0x0071);
        r.Define32(at + 4, 0, writable: 0xffff_fffc);
        r.Define32(at + 8, 0, writable: 0xffff_ffff);
        r.Define16(at + 12, 0, writable: 0xffff);
        if (masks)
        {
            r.Define32(at + 16, 0, writable: 0xffff_ffff);
        }
    });

    /// <summary>MSI-X, enabled, its tables in a BAR.</summary>
    public static CapabilityPart MsiX(int vectors, int bar = 0) => new(0x11, 0, 12, (r, at) =>
    {
        r.Define16(at + 2, (ushort)(0x8000 | (vectors - 1)), writable: 0xc000);
        r.Define32(at + 4, 0x0000_3000 | (uint)bar);
        r.Define32(at + 8, 0x0000_2000 | (uint)bar);
    });

    /// <summary>Subsystem ids of a bridge.</summary>
    public static CapabilityPart Subsystem(ushort vendor, ushort device) => new(0x0d, 0, 8, (r, at) => r.Define32(at + 4, vendor | ((uint)device << 16)));

    /// <summary>Vital product data: a window that says "done" for address 0 and holds nothing.</summary>
    public static CapabilityPart VitalProductData() => new(0x03, 0, 8, static (r, at) =>
    {
        r.Define16(at + 2, 0x8000, writable: 0xffff);
        r.Define32(at + 4, 0);
    });

    /// <summary>PCI Express, version 2, trained to its full speed and width. A slot number makes it a hot-plug port with a card in it.</summary>
    public static CapabilityPart Express(PortKind kind, LinkModel link, int? slot = null, byte port = 0) => new(0x10, 0, 0x3c, (r, at) =>
    {
        bool downwards = kind is PortKind.RootPort or PortKind.Downstream;
        r.Define16(at + 0x02, (ushort)(2 | ((int)kind << 4) | (slot is null ? 0 : 0x100)));
        DefineDevice(r, at, endpoint: kind is PortKind.Endpoint);
        DefineLink(r, at, link, downwards, port);
        if (slot is { } number)
        {
            r.Define32(at + 0x14, ((uint)number << 19) | (0x4b << 7) | 0x7b); // 75 W; button, power, both lights, surprise, hot-plug.
            r.Define16(at + 0x18, 0x11f1, writable: 0x1fff);
            r.Define16(at + 0x1a, 0x0040, clearable: 0x011f);
        }

        if (kind is PortKind.RootPort)
        {
            r.Define16(at + 0x1c, 0x0018, writable: 0x001f);
            r.Define16(at + 0x1e, 0x0001);
            r.Define32(at + 0x20, 0, clearable: 0x0001_0000);
        }
    });

    private static void DefineDevice(RegisterFile r, int at, bool endpoint)
    {
        r.Define32(at + 0x04, endpoint ? 0x1000_8fe2u : 0x0000_8022u);
        r.Define16(at + 0x08, 0x295f, writable: 0xffff);
        r.Define16(at + 0x0a, 0x0000, clearable: 0x000f);
        r.Define32(at + 0x24, endpoint ? 0x0073_081fu : 0x0073_085fu);
        r.Define16(at + 0x28, 0x0409, writable: 0xffff);
    }

    private static void DefineLink(RegisterFile r, int at, LinkModel link, bool downwards, byte port)
    {
        uint speeds = ((1u << link.Speed) - 1) << 1;
        r.Define32(at + 0x0c, ((uint)port << 24) | 0x0043_f800 | (downwards ? 0x0030_0000u : 0) | ((uint)link.Width << 4) | link.Speed);
        r.Define16(at + 0x10, 0x0040, writable: 0x0fff);
        r.Define16(at + 0x12, (ushort)(0x1000 | (downwards ? 0x2000 : 0) | (link.Width << 4) | link.Speed), clearable: 0xc000);
        r.Define32(at + 0x2c, speeds | (link.Speed >= 4 ? 0x0180_0000u : 0));
        r.Define16(at + 0x30, link.Speed, writable: 0xffff);
        r.Define16(at + 0x32, (ushort)(link.Speed >= 3 ? 0x001e : 0));
    }
}
