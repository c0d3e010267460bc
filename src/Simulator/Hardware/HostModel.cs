using Fleet.Pci;
using Fleet.Pci.Doe;

namespace Fleet.Simulator.Hardware;

/// <summary>What a simulated host has in it. Hosts differ a little, as machines of one fleet do.</summary>
internal static class HostModel
{
    public static readonly PciAddress Drive = new(0, 1, 0, 0);
    public static readonly PciAddress Adapter = new(0, 2, 0, 0);

    /// <summary>The functions of host number <paramref name="number"/>; faults concern its network adapter.</summary>
    public static IReadOnlyList<FunctionModel> Functions(int number, MailboxFault fault, ConfigFault configFault = ConfigFault.None) =>
    [
        Port(1, 0x2030),
        Port(2, 0x2031),
        new FunctionModel
        {
            Address = new PciAddress(0, 0, 0x17, 0),
            Vendor = 0x8086,
            Device = 0xa182,
            ClassCode = 0x010601,
            Revision = 0x09,
            SubsystemVendor = 0x8086,
            SubsystemDevice = 0x7270,
            Driver = "ahci",
            BarBase = 0xfd00_0000,
            BarSize = 0x2000,
            Irq = 16,
        },
        new FunctionModel
        {
            Address = Drive,
            Vendor = 0x144d,
            Device = (ushort)(number % 2 is 0 ? 0xa824 : 0xa80a),
            ClassCode = 0x010802,
            SubsystemVendor = 0x144d,
            SubsystemDevice = 0xa801,
            Driver = "nvme",
            BarBase = 0xfe00_0000,
            BarSize = 0x4000,
            Irq = 17,
            Doe = 0x200,
            Responders = [new SpdmVersionResponder()],
        },
        new FunctionModel
        {
            Address = Adapter,
            Vendor = 0x15b3,
            Device = 0x1021,
            ClassCode = 0x020000,
            SubsystemVendor = 0x15b3,
            SubsystemDevice = 0x0041,
            Driver = "mlx5_core",
            BarBase = 0xfe10_0000,
            BarSize = 0x10000,
            Irq = 18,
            Doe = 0x1c0,
            Responders = [new SpdmVersionResponder(), new EchoResponder(new DoeFeature(0x15b3, 0x01))],
            Fault = fault,
            ConfigFault = configFault,
        },
    ];

    private static FunctionModel Port(byte number, ushort device) => new()
    {
        Address = new PciAddress(0, 0, number, 0),
        Vendor = 0x8086,
        Device = device,
        ClassCode = 0x060400,
        Revision = 0x04,
        Driver = "pcieport",
        SecondaryBus = number,
        Irq = 15 + number,
    };
}
