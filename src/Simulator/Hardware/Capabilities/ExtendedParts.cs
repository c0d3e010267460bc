namespace Fleet.Simulator.Hardware.Capabilities;

/// <summary>Extended capabilities of functions and ports, as devices of today have them.</summary>
internal static class ExtendedParts
{
    /// <summary>Advanced error reporting; a root port has the registers of the root as well.</summary>
    public static CapabilityPart Errors(bool root = false) => new(0x01, 2, root ? 0x38 : 0x2c, (r, at) =>
    {
        r.Define32(at + 0x04, 0, clearable: 0x0fff_f030);
        r.Define32(at + 0x08, 0, writable: 0x0fff_f030);
        r.Define32(at + 0x0c, 0x0046_2030, writable: 0x0fff_f030);
        r.Define32(at + 0x10, 0, clearable: 0x0000_f1c1);
        r.Define32(at + 0x14, 0x0000_e000, writable: 0x0000_f1c1);
        r.Define32(at + 0x18, 0x0000_00a0, writable: 0x0000_0140);
        if (root)
        {
            r.Define32(at + 0x2c, 0x0000_0007, writable: 0x0000_0007);
            r.Define32(at + 0x30, 0, clearable: 0x0000_007f);
        }
    });

    public static CapabilityPart SerialNumber(ulong number) => new(0x03, 1, 0x0c, (r, at) =>
    {
        r.Define32(at + 4, (uint)number);
        r.Define32(at + 8, (uint)(number >> 32));
    });

    /// <summary>Access control: a port with everything a virtual machine monitor asks for, switched on.</summary>
    public static CapabilityPart AccessControl() => new(0x0d, 1, 0x08, static (r, at) => r.Define32(at + 4, 0x001d_005f, writable: 0x005f_0000));

    public static CapabilityPart RoutingId() => new(0x0e, 1, 0x08, static (r, at) => r.Define32(at + 4, 0, writable: 0x0073_0000));

    public static CapabilityPart AddressTranslation() => new(0x0f, 1, 0x08, static (r, at) => r.Define32(at + 4, 0x8000_0060, writable: 0x801f_0000));

    public static CapabilityPart PageRequest() => new(0x13, 1, 0x10, static (r, at) =>
    {
        r.Define32(at + 4, 0x0100_0000, writable: 0x0000_0003);
        r.Define32(at + 8, 0x0000_0200);
        r.Define32(at + 12, 0, writable: 0xffff_ffff);
    });

    public static CapabilityPart ProcessSpace() => new(0x1b, 1, 0x08, static (r, at) => r.Define32(at + 4, 0x0000_1406, writable: 0x0007_0000));

    /// <summary>Single root I/O virtualization: none of the functions is enabled.</summary>
    public static CapabilityPart Virtualization(ushort functions, ushort device) => new(0x10, 1, 0x40, (r, at) =>
    {
        r.Define32(at + 0x04, 0x0000_0002);
        r.Define32(at + 0x08, 0, writable: 0x0000_003f);
        r.Define32(at + 0x0c, functions | ((uint)functions << 16));
        r.Define16(at + 0x10, 0, writable: 0xffff);
        r.Define32(at + 0x14, 0x0001_0001);
        r.Define32(at + 0x18, (uint)device << 16);
        r.Define32(at + 0x1c, 0x0000_0553);
        r.Define32(at + 0x20, 0x0000_0001, writable: 0xffff_ffff);
        r.Define32(at + 0x24, 0x0000_000c, writable: 0xfff0_0000);
        r.Define32(at + 0x28, 0, writable: 0xffff_ffff);
    });

    /// <summary>Resizable BARs: one register, all sizes from 256 MB up to the given power of two of megabytes.</summary>
    public static CapabilityPart ResizableBar(int bar, int power) => new(0x15, 1, 0x0c, (r, at) =>
    {
        r.Define32(at + 4, ((1u << Math.Min(power + 1, 28)) - 1) << 4 & 0xffff_f000);
        r.Define32(at + 8, (uint)bar | (1 << 5) | ((uint)power << 8), writable: 0x0000_3f00);
    });

    public static CapabilityPart LatencyTolerance() => new(0x18, 1, 0x08, static (r, at) => r.Define32(at + 4, 0x1003_1003, writable: 0x1fff_1fff));

    public static CapabilityPart Substates() => new(0x1e, 1, 0x10, static (r, at) =>
    {
        r.Define32(at + 0x04, 0x0028_0a1f);
        r.Define32(at + 0x08, 0x4050_0a00, writable: 0xe3ff_ff0f);
        r.Define32(at + 0x0c, 0x0000_0028, writable: 0x0000_00fb);
    });

    public static CapabilityPart TimeMeasurement(bool root) => new(0x1f, 1, 0x0c, (r, at) =>
    {
        r.Define32(at + 4, root ? 0x0000_0a06u : 0x0000_0a01u);
        r.Define32(at + 8, root ? 0x0000_0a03u : 0x0000_0a01u, writable: 0x0000_ff03);
    });

    public static CapabilityPart ProcessingHints() => new(0x17, 1, 0x0c, static (r, at) =>
    {
        r.Define32(at + 4, 0x0000_0005);
        r.Define32(at + 8, 0, writable: 0x0000_0307);
    });

    public static CapabilityPart Containment() => new(0x1d, 1, 0x0c, static (r, at) =>
    {
        r.Define32(at + 4, 0x0000_1100 | (0x9u << 16), writable: 0x00ff_0000);
        r.Define32(at + 8, 0x0000_1f00, clearable: 0x0000_000f);
    });

    /// <summary>One virtual channel: all traffic classes on VC0.</summary>
    public static CapabilityPart VirtualChannel() => new(0x02, 1, 0x1c, static (r, at) =>
    {
        r.Define32(at + 0x14, 0x8000_00ff, writable: 0x0000_00fe);
    });

    public static CapabilityPart PowerBudget() => new(0x04, 1, 0x10, static (r, at) =>
    {
        r.Define32(at + 4, 0, writable: 0x0000_00ff);
        r.Define32(at + 8, 0x0000_6050);
        r.Define32(at + 12, 0x0000_0001);
    });

    /// <summary>Bays with lights (NPEM): OK, locate, fail and rebuild.</summary>
    public static CapabilityPart Enclosure() => new(0x29, 1, 0x10, static (r, at) =>
    {
        r.Define32(at + 4, 0x0000_003d);
        r.Define32(at + 8, 0x0000_0005, writable: 0x0000_003f);
        r.Define32(at + 12, 0x0000_0001, clearable: 0x0000_0001);
    });

    /// <summary>Integrity and data encryption: link stream and one selective stream, neither enabled.</summary>
    public static CapabilityPart Encryption() => new(0x30, 1, 0x2c, static (r, at) =>
    {
        r.Define32(at + 0x04, 0x0000_0c3f);
        r.Define32(at + 0x08, 0, writable: 0x0000_0007);
        r.Define32(at + 0x0c, 0, writable: 0xffff_c3ff); // Link stream 0.
        r.Define32(at + 0x14, 0x0000_0001);
        r.Define32(at + 0x18, 0, writable: 0xffff_c3ff);
        r.Define32(at + 0x20, 0, writable: 0x00ff_ff00);
        r.Define32(at + 0x24, 0, writable: 0x00ff_ff01);
    });
}
