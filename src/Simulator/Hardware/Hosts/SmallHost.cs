using Fleet.Pci;
using Fleet.Pci.Doe;
using Fleet.Simulator.Hardware.Capabilities;
using Fleet.Simulator.Hardware.Mailboxes;
using Fleet.Simulator.Spdm;

namespace Fleet.Simulator.Hardware.Hosts;

/// <summary>A drive and a network adapter behind root ports, and a disk controller of the chipset.</summary>
internal static class SmallHost
{
    public static readonly PciAddress Drive = new(0, 1, 0, 0);
    public static readonly PciAddress Adapter = new(0, 2, 0, 0);
    private static readonly LinkModel Link = new(4, 4);

    public static IReadOnlyList<FunctionModel> Functions(int number)
    {
        TreeBuilder tree = new();
        byte root = tree.Root(0);
        tree.Bridge(root, 1, 0, Port(0x2030, 1), bus => tree.Add(bus, 0, 0, DriveModel(number)));
        tree.Bridge(root, 2, 0, Port(0x2031, 2), bus => tree.Add(bus, 0, 0, AdapterModel()));
        tree.Add(root, 0x17, 0, new FunctionModel
        {
            Vendor = 0x8086,
            Device = 0xa182,
            ClassCode = 0x010601,
            Revision = 0x09,
            SubsystemVendor = 0x8086,
            SubsystemDevice = 0x7270,
            Driver = "ahci",
            Bars = [new BarModel(0, 0, 0x2000)],
            Parts = Parts(vectors: 33),
        });
        return tree.Functions;
    }

    private static FunctionModel DriveModel(int number) => new()
    {
        Vendor = 0x144d,
        Device = (ushort)(number % 2 is 0 ? 0xa824 : 0xa80a),
        ClassCode = 0x010802,
        SubsystemVendor = 0x144d,
        SubsystemDevice = 0xa801,
        Driver = "nvme",
        Bars = [new BarModel(0, 0, 0x4000)],
        Parts = Parts(vectors: 33),
        Mailboxes = [new MailboxModel(0x200, new SpdmMailboxResponder())],
    };

    private static FunctionModel AdapterModel() => new()
    {
        Vendor = 0x15b3,
        Device = 0x1021,
        ClassCode = 0x020000,
        SubsystemVendor = 0x15b3,
        SubsystemDevice = 0x0041,
        Driver = "mlx5_core",
        Bars = [new BarModel(0, 0, 0x10000)],
        Parts = Parts(vectors: 33),
        Mailboxes = [new MailboxModel(0x1c0, new SpdmMailboxResponder(), new EchoResponder(new DoeFeature(0x15b3, 0x01)))],
    };

    private static FunctionModel Port(ushort device, byte number) => new()
    {
        Vendor = 0x8086,
        Device = device,
        ClassCode = 0x060400,
        Revision = 0x04,
        Driver = "pcieport",
        Parts =
        [
            ConventionalParts.Power(), ConventionalParts.Msi(), ConventionalParts.Express(PortKind.RootPort, Link, slot: number, port: number),
            ExtendedParts.Errors(root: true),
        ],
    };

    private static CapabilityPart[] Parts(int vectors) =>
    [
        ConventionalParts.Power(), ConventionalParts.Msi(), ConventionalParts.Express(PortKind.Endpoint, Link), ConventionalParts.MsiX(vectors),
        ExtendedParts.Errors(),
    ];
}
