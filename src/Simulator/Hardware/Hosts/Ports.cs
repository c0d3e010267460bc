using Fleet.Simulator.Hardware.Capabilities;

namespace Fleet.Simulator.Hardware.Hosts;

/// <summary>Host bridges, root ports and switch ports.</summary>
internal static class Ports
{
    public static FunctionModel HostBridge() => new()
    {
        Vendor = 0x8086,
        Device = 0x09a2,
        ClassCode = 0x088000,
        Revision = 0x04,
        SubsystemVendor = 0x8086,
        Parts = [ConventionalParts.Express(PortKind.RootComplexEndpoint, new LinkModel(1, 1))],
    };

    public static FunctionModel Root(ushort device, LinkModel link, byte number, int? slot = null) => new()
    {
        Vendor = 0x8086,
        Device = device,
        ClassCode = 0x060400,
        Revision = 0x04,
        Driver = "pcieport",
        Slot = slot,
        Bars = [new BarModel(0, 0, 0x2_0000)],
        Parts =
        [
            ConventionalParts.Power(), ConventionalParts.Msi(masks: true), ConventionalParts.Subsystem(0x8086, 0x0000),
            ConventionalParts.Express(PortKind.RootPort, link, slot, number),
            ExtendedParts.Errors(root: true), ExtendedParts.AccessControl(), ExtendedParts.Containment(), ExtendedParts.TimeMeasurement(root: true),
            .. LinkParts.For(link),
        ],
    };

    public static FunctionModel Upstream(ushort vendor, ushort device, LinkModel link, byte revision = 0xb0) => new()
    {
        Vendor = vendor,
        Device = device,
        ClassCode = 0x060400,
        Revision = revision,
        Driver = "pcieport",
        Parts =
        [
            ConventionalParts.Power(), ConventionalParts.Msi(masks: true), ConventionalParts.Express(PortKind.Upstream, link),
            ConventionalParts.Subsystem(vendor, device),
            ExtendedParts.SerialNumber(0x0000_0000_b0c0_0000 | device), ExtendedParts.Errors(), ExtendedParts.VirtualChannel(),
            ExtendedParts.PowerBudget(), ExtendedParts.LatencyTolerance(), .. LinkParts.For(link),
        ],
    };

    public static FunctionModel Downstream(ushort vendor, ushort device, LinkModel link, byte number, int? slot = null, byte revision = 0xb0) => new()
    {
        Vendor = vendor,
        Device = device,
        ClassCode = 0x060400,
        Revision = revision,
        Driver = "pcieport",
        Slot = slot,
        Parts =
        [
            ConventionalParts.Power(), ConventionalParts.Msi(masks: true), ConventionalParts.Express(PortKind.Downstream, link, slot, number),
            ConventionalParts.Subsystem(vendor, device),
            ExtendedParts.SerialNumber(0x0000_0000_b0c0_0000 | device), ExtendedParts.Errors(), ExtendedParts.AccessControl(),
            ExtendedParts.Containment(), .. slot is null ? Array.Empty<CapabilityPart>() : [ExtendedParts.Enclosure()],
            .. LinkParts.For(link),
        ],
    };
}
