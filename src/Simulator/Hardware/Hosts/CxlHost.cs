using Fleet.Simulator.Hardware.Capabilities;
using Fleet.Simulator.Hardware.Cdat;
using Fleet.Simulator.Hardware.Mailboxes;
using Fleet.Simulator.Spdm;

namespace Fleet.Simulator.Hardware.Hosts;

/// <summary>
/// A memory expander at a CXL root port and two behind a CXL switch, each with two mailboxes; the switch has one of its own. No driver is
/// bound to the expanders, so that their mailboxes are the broker's.
/// </summary>
internal static class CxlHost
{
    private const ulong Gigabyte = 1ul << 30;
    private const ulong Capacity = 128 * Gigabyte;
    private const ushort Expanders = 0x1b00;
    private const ushort SwitchVendor = 0x19e5;
    private static readonly LinkModel Link = new(5, 8);

    public static IReadOnlyList<FunctionModel> Functions(int number)
    {
        TreeBuilder tree = new();
        byte root = tree.Root(0);
        tree.Add(root, 0, 0, Ports.HostBridge());
        tree.Bridge(root, 1, 0, Ports.Root(0x352a, Link, 1), bus => tree.Add(bus, 0, 0, Devices.Drive(new LinkModel(4, 4), 0x0025_3845_0001_0000 | (ulong)(uint)number)));

        byte cxl = tree.Root(0x0c);
        ulong serial = 0x1b00_0000_0000_0000 | ((ulong)number << 8);
        tree.Bridge(cxl, 0, 0, RootPort(0), bus => tree.Add(bus, 0, 0, Expander(serial + 1)));
        tree.Bridge(cxl, 1, 0, RootPort(1), upstream => tree.Bridge(upstream, 0, 0, Upstream(), inner =>
        {
            for (byte port = 0; port < 2; port++)
            {
                ulong own = serial + 2 + port;
                tree.Bridge(inner, port, 0, Downstream(port), slot => tree.Add(slot, 0, 0, Expander(own)));
            }
        }));
        return tree.Functions;
    }

    /// <summary>What a device tells of 128 GB, the last quarter of it persistent.</summary>
    public static CdatTable DeviceTable() => new CdatTable { Sequence = 1 }
        .Memory(0, CdatMemoryFlags.None, 0, Capacity * 3 / 4)
        .Memory(1, CdatMemoryFlags.NonVolatile, Capacity * 3 / 4, Capacity / 4)
        .Performance(0, CdatQuantity.ReadLatency, 10_000, 15)
        .Performance(0, CdatQuantity.WriteLatency, 10_000, 18)
        .Performance(0, CdatQuantity.ReadBandwidth, 1_000, 28)
        .Performance(0, CdatQuantity.WriteBandwidth, 1_000, 24)
        .Performance(1, CdatQuantity.ReadLatency, 10_000, 30)
        .Performance(1, CdatQuantity.WriteLatency, 10_000, 45)
        .MemoryType(0, 1, 0, Capacity * 3 / 4)
        .MemoryType(1, 2, 0, Capacity / 4);

    public static CdatTable SwitchTable() => new CdatTable()
        .SwitchPerformance(CdatQuantity.AccessLatency, 10_000, new CdatPath(CdatPath.Upstream, 0, 7), new CdatPath(CdatPath.Upstream, 1, 7))
        .SwitchPerformance(CdatQuantity.AccessBandwidth, 1_000, new CdatPath(CdatPath.Upstream, CdatPath.Any, 32));

    private static FunctionModel Expander(ulong serial) => new()
    {
        Vendor = Expanders,
        Device = 0xc002,
        ClassCode = 0x050210,
        Revision = 0x01,
        SubsystemVendor = Expanders,
        SubsystemDevice = 0x0001,
        Bars = [new(0, 0, 0x1_0000), new(2, 0, 0x1000), new(4, 0, 0x1000, Wide: false)],
        Parts =
        [
            ConventionalParts.MsiX(16, bar: 4), ConventionalParts.Express(PortKind.Endpoint, Link), ConventionalParts.Power(),
            ExtendedParts.SerialNumber(serial), ExtendedParts.Errors(), .. LinkParts.For(Link),
            CxlParts.Device(Capacity), CxlParts.Locator(device: true), CxlParts.DeviceFlush(), CxlParts.FlexBus(), ExtendedParts.Encryption(),
        ],
        Mailboxes =
        [
            new MailboxModel(0x600, new ComplianceResponder(), new CdatResponder(DeviceTable())),
            new MailboxModel(0x640, new SpdmMailboxResponder(), new SessionResponder()),
        ],
    };

    private static FunctionModel RootPort(byte number)
    {
        FunctionModel port = Ports.Root(0x7075, Link, number);
        return port with { Parts = [.. port.Parts, CxlParts.Port(), CxlParts.PortFlush(), CxlParts.FlexBus(), CxlParts.Locator(device: false)] };
    }

    private static FunctionModel Upstream()
    {
        FunctionModel port = Ports.Upstream(SwitchVendor, 0xa128, Link, revision: 0);
        return port with
        {
            Parts = [.. port.Parts, CxlParts.Port(), CxlParts.FlexBus(), CxlParts.Locator(device: false)],
            Mailboxes = [new MailboxModel(0x600, new CdatResponder(SwitchTable())) { Version = 1 }],
        };
    }

    private static FunctionModel Downstream(byte number)
    {
        FunctionModel port = Ports.Downstream(SwitchVendor, 0xa129, Link, number, revision: 0);
        return port with { Parts = [.. port.Parts, CxlParts.Port(), CxlParts.PortFlush(), CxlParts.FlexBus(), CxlParts.Locator(device: false)] };
    }
}
