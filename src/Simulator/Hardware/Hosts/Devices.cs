using Fleet.Pci.Doe;
using Fleet.Simulator.Hardware.Capabilities;
using Fleet.Simulator.Hardware.Mailboxes;
using Fleet.Simulator.Spdm;

namespace Fleet.Simulator.Hardware.Hosts;

/// <summary>Endpoints that several hosts have.</summary>
internal static class Devices
{
    /// <summary>An accelerator: much prefetchable memory, a mailbox for SPDM and secured messages.</summary>
    public static FunctionModel Gpu(LinkModel link, ulong serial) => new()
    {
        Vendor = 0x10de,
        Device = 0x2330,
        ClassCode = 0x030200,
        Revision = 0xa1,
        SubsystemVendor = 0x10de,
        SubsystemDevice = 0x16c1,
        Driver = "nvidia",
        Bars = [new(0, 0, 1 << 24, Prefetchable: true), new(2, 0, 1ul << 37, Prefetchable: true), new(4, 0, 1 << 25, Prefetchable: true)],
        Parts =
        [
            ConventionalParts.Power(), ConventionalParts.Msi(masks: true), ConventionalParts.Express(PortKind.Endpoint, link), ConventionalParts.MsiX(9, bar: 0),
            ExtendedParts.Errors(), .. LinkParts.For(link), ExtendedParts.SerialNumber(serial), ExtendedParts.ResizableBar(2, 17),
            ExtendedParts.RoutingId(), ExtendedParts.Virtualization(32, 0x2330), ExtendedParts.AddressTranslation(), ExtendedParts.ProcessSpace(),
            ExtendedParts.PageRequest(), ExtendedParts.LatencyTolerance(), ExtendedParts.Encryption(),
        ],
        Mailboxes = [new MailboxModel(0xc00, new SpdmMailboxResponder(), new SessionResponder())],
    };

    /// <summary>A bridge of the accelerators' own fabric.</summary>
    public static FunctionModel FabricBridge(LinkModel link, ulong serial) => new()
    {
        Vendor = 0x10de,
        Device = 0x22a3,
        ClassCode = 0x068000,
        Revision = 0xa1,
        SubsystemVendor = 0x10de,
        SubsystemDevice = 0x1796,
        Driver = "nvidia-nvswitch",
        Bars = [new(0, 0, 1 << 25)],
        Parts =
        [
            ConventionalParts.Power(), ConventionalParts.Msi(), ConventionalParts.Express(PortKind.Endpoint, link), ConventionalParts.MsiX(16),
            ExtendedParts.Errors(), .. LinkParts.For(link), ExtendedParts.SerialNumber(serial),
        ],
        Mailboxes = [new MailboxModel(0xb00, new SpdmMailboxResponder())],
    };

    public static FunctionModel Adapter(LinkModel link, ulong serial) => new()
    {
        Vendor = 0x15b3,
        Device = 0x1021,
        ClassCode = 0x020700,
        SubsystemVendor = 0x15b3,
        SubsystemDevice = 0x0041,
        Driver = "mlx5_core",
        Bars = [new(0, 0, 1 << 25, Prefetchable: true)],
        Parts =
        [
            ConventionalParts.Express(PortKind.Endpoint, link), ConventionalParts.VitalProductData(), ConventionalParts.MsiX(64), ConventionalParts.Power(),
            ExtendedParts.Errors(), ExtendedParts.RoutingId(), ExtendedParts.Virtualization(16, 0x101e), .. LinkParts.For(link),
            ExtendedParts.SerialNumber(serial), ExtendedParts.TimeMeasurement(root: false), ExtendedParts.ProcessingHints(),
        ],
        Mailboxes = [new MailboxModel(0xa00, new SpdmMailboxResponder(), new EchoResponder(new DoeFeature(0x15b3, 0x01)))],
    };

    /// <summary>A drive with a mailbox for SPDM and secured messages, as PM9D3 and its like have it.</summary>
    public static FunctionModel Drive(LinkModel link, ulong serial, ushort device = 0xa824) => new()
    {
        Vendor = 0x144d,
        Device = device,
        ClassCode = 0x010802,
        SubsystemVendor = 0x144d,
        SubsystemDevice = 0xa801,
        Driver = "nvme",
        Bars = [new(0, 0, 0x8000)],
        Parts =
        [
            ConventionalParts.Power(), ConventionalParts.Express(PortKind.Endpoint, link), ConventionalParts.MsiX(129),
            ExtendedParts.Errors(), ExtendedParts.SerialNumber(serial), ExtendedParts.PowerBudget(), .. LinkParts.For(link),
            ExtendedParts.LatencyTolerance(), ExtendedParts.Substates(),
        ],
        Mailboxes = [new MailboxModel(0xd00, new SpdmMailboxResponder(), new SessionResponder())],
    };
}
