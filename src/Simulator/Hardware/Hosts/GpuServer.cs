using Fleet.Simulator.Hardware.Capabilities;

namespace Fleet.Simulator.Hardware.Hosts;

/// <summary>Two sockets; each has two switches with two accelerators, a network adapter and a drive. The first has the fabric bridges too.</summary>
internal static class GpuServer
{
    private const ushort Broadcom = 0x1000;
    private const ushort Switch = 0xc030;
    private static readonly LinkModel Wide = new(5, 16);
    private static readonly LinkModel Narrow = new(4, 4);

    public static IReadOnlyList<FunctionModel> Functions(int number)
    {
        TreeBuilder tree = new();
        ulong serial = 0x0048_b02d_0000_0000 | ((ulong)number << 16);
        for (byte socket = 0; socket < 2; socket++)
        {
            byte root = tree.Root((byte)(socket * 0x80), socket);
            tree.Add(root, 0, 0, Ports.HostBridge());
            for (byte port = 1; port <= 2; port++)
            {
                tree.Bridge(root, port, 0, Ports.Root(0x352a, Wide, port), upstream =>
                    tree.Bridge(upstream, 0, 0, Ports.Upstream(Broadcom, Switch, Wide), inner => AddSwitch(tree, inner, ref serial)));
            }

            if (socket is 0)
            {
                tree.Bridge(root, 3, 0, Ports.Root(0x352b, Narrow, 3), upstream =>
                    tree.Bridge(upstream, 0, 0, Ports.Upstream(Broadcom, Switch, Narrow), inner => AddFabric(tree, inner, ref serial)));
            }
        }

        return tree.Functions;
    }

    private static void AddSwitch(TreeBuilder tree, byte bus, ref ulong serial)
    {
        ulong first = serial;
        serial += 4;
        for (byte gpu = 0; gpu < 2; gpu++)
        {
            ulong own = first + gpu;
            tree.Bridge(bus, gpu, 0, Ports.Downstream(Broadcom, Switch, Wide, gpu), slot => tree.Add(slot, 0, 0, Devices.Gpu(Wide, own)));
        }

        tree.Bridge(bus, 2, 0, Ports.Downstream(Broadcom, Switch, Wide, 2), slot => tree.Add(slot, 0, 0, Devices.Adapter(Wide, first + 2)));
        tree.Bridge(bus, 3, 0, Ports.Downstream(Broadcom, Switch, Narrow, 3), slot => tree.Add(slot, 0, 0, Devices.Drive(Narrow, first + 3)));
    }

    private static void AddFabric(TreeBuilder tree, byte bus, ref ulong serial)
    {
        for (byte bridge = 0; bridge < 4; bridge++)
        {
            ulong own = serial++;
            tree.Bridge(bus, bridge, 0, Ports.Downstream(Broadcom, Switch, Narrow, bridge), slot => tree.Add(slot, 0, 0, Devices.FabricBridge(Narrow, own)));
        }
    }
}
