using Fleet.Simulator.Hardware.Capabilities;

namespace Fleet.Simulator.Hardware.Hosts;

/// <summary>Two switches with eight hot-plug slots each, a drive in every one, and a network adapter at a root port.</summary>
internal static class StorageServer
{
    private const ushort Microchip = 0x11f8;
    private const ushort Switch = 0x4052;
    private static readonly LinkModel Wide = new(4, 16);
    private static readonly LinkModel Narrow = new(4, 4);

    public static IReadOnlyList<FunctionModel> Functions(int number)
    {
        TreeBuilder tree = new();
        byte root = tree.Root(0);
        tree.Add(root, 0, 0, Ports.HostBridge());
        for (byte port = 1; port <= 2; port++)
        {
            int first = (port - 1) * 8;
            tree.Bridge(root, port, 0, Ports.Root(0x347a, Wide, port), upstream =>
                tree.Bridge(upstream, 0, 0, Ports.Upstream(Microchip, Switch, Wide, revision: 0), inner => AddSlots(tree, inner, number, first)));
        }

        tree.Bridge(root, 3, 0, Ports.Root(0x347c, Wide, 3), bus => tree.Add(bus, 0, 0, Devices.Adapter(Wide, 0x0008_c0eb_0000_0000 | (ulong)(uint)number)));
        return tree.Functions;
    }

    private static void AddSlots(TreeBuilder tree, byte bus, int number, int first)
    {
        for (byte place = 0; place < 8; place++)
        {
            int slot = first + place + 1;
            ulong serial = 0x0025_3845_0000_0000 | ((ulong)number << 8) | (uint)slot;
            FunctionModel drive = Devices.Drive(Narrow, serial, (ushort)(number % 2 is 0 ? 0xa824 : 0xa826));
            tree.Bridge(bus, place, 0, Ports.Downstream(Microchip, Switch, Narrow, place, slot, revision: 0), below => tree.Add(below, 0, 0, drive));
        }
    }
}
