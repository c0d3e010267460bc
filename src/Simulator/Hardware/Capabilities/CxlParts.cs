namespace Fleet.Simulator.Hardware.Capabilities;

/// <summary>The designated vendor-specific capabilities of CXL (CXL 3.0, section 8.1).</summary>
internal static class CxlParts
{
    private const uint Vendor = 0x1e98;

    /// <summary>PCIe DVSEC for CXL devices (id 0): a type 3 device with one range of memory, ready.</summary>
    public static CapabilityPart Device(ulong memory) => Designated(0x0000, 1, 0x38, (r, at) =>
    {
        r.Define16(at + 0x0a, 0x001e); // I/O, memory, memory initialised by hardware, one HDM range.
        r.Define16(at + 0x0c, 0x0002, writable: 0x4ffd);
        r.Define16(at + 0x10, 0, writable: 0x000f);
        r.Define16(at + 0x12, 0x0002);
        r.Define32(at + 0x18, (uint)(memory >> 32));
        r.Define32(at + 0x1c, ((uint)memory & 0xf000_0000) | 0x0000_004b);
        r.Define32(at + 0x20, 0, writable: 0xffff_ffff);
        r.Define32(at + 0x24, 0, writable: 0xf000_0000);
    });

    /// <summary>Extensions for ports (id 3).</summary>
    public static CapabilityPart Port() => Designated(0x0003, 0, 0x28, static (r, at) =>
    {
        r.Define16(at + 0x0a, 0x0001);
        r.Define16(at + 0x0c, 0x0000, writable: 0x000f);
    });

    /// <summary>Global persistent flush of a port (id 4): 16 s at most.</summary>
    public static CapabilityPart PortFlush() => Designated(0x0004, 0, 0x10, static (r, at) => r.Define32(at + 0x0c, 0x0601_0601, writable: 0x0f0f_0f0f));

    /// <summary>Global persistent flush of a device (id 5): 3 s, 51 mW.</summary>
    public static CapabilityPart DeviceFlush() => Designated(0x0005, 0, 0x10, static (r, at) =>
    {
        r.Define16(at + 0x0a, 0x0603);
        r.Define32(at + 0x0c, 51);
    });

    /// <summary>Flex bus port (id 7): CXL.io and CXL.mem trained.</summary>
    public static CapabilityPart FlexBus() => Designated(0x0007, 2, 0x20, static (r, at) =>
    {
        r.Define16(at + 0x0a, 0x0036);
        r.Define16(at + 0x0c, 0x0026, writable: 0x00ff);
        r.Define16(at + 0x0e, 0x0026, clearable: 0x0700);
    });

    /// <summary>Register locator (id 8): component registers in BAR 0, device registers in BAR 2.</summary>
    public static CapabilityPart Locator(bool device) => Designated(0x0008, 0, device ? 0x24 : 0x1c, (r, at) =>
    {
        r.Define32(at + 0x0c, 0x0000_0100);
        if (device)
        {
            r.Define32(at + 0x14, 0x0000_0302);
        }
    });

    private static CapabilityPart Designated(ushort id, byte revision, int length, Action<RegisterFile, int> rest) => new(0x23, 1, length, (r, at) =>
    {
        r.Define32(at + 4, Vendor | ((uint)revision << 16) | ((uint)length << 20));
        r.Define16(at + 8, id);
        rest(r, at);
    });
}
