using Fleet.Pci;

namespace Fleet.Simulator.Hardware.Hosts;

/// <summary>
/// Grows a PCI tree as firmware enumerates one: buses are numbered depth first, base addresses are given out in order, and each bridge's
/// windows span what was given out behind it.
/// </summary>
internal sealed class TreeBuilder
{
    private const ulong Megabyte = 1 << 20;
    private readonly List<FunctionModel> _functions = [];
    private byte _bus;
    private byte _node;
    private ulong _memory = 0x9000_0000;
    private ulong _prefetchable = 0x20_0000_0000;
    private int _irq = 16;

    /// <summary>Every function, in address order.</summary>
    public IReadOnlyList<FunctionModel> Functions => [.. _functions.OrderBy(f => f.Address)];

    /// <summary>Begins a root bus; its functions belong to the given NUMA node.</summary>
    public byte Root(byte bus, byte node = 0)
    {
        _bus = bus;
        _node = node;
        return bus;
    }

    /// <summary>Puts a function on a bus and gives its base addresses places.</summary>
    public void Add(byte bus, byte device, byte function, FunctionModel model) =>
        _functions.Add(Finish(model, bus, device, function) with { Bars = [.. model.Bars.Select(Place)] });

    /// <summary>Puts a bridge on a bus; what is added in <paramref name="below"/> is behind it.</summary>
    public void Bridge(byte bus, byte device, byte function, FunctionModel model, Action<byte> below)
    {
        FunctionModel bridge = Finish(model, bus, device, function) with { Bars = [.. model.Bars.Select(Place)] };
        byte secondary = ++_bus;
        ulong memory = _memory = Up(_memory, Megabyte);
        ulong prefetchable = _prefetchable = Up(_prefetchable, Megabyte);
        below(secondary);
        _memory = Up(_memory, Megabyte);
        _prefetchable = Up(_prefetchable, Megabyte);
        _functions.Add(bridge with { Bridge = new BridgeModel(secondary, _bus, new(memory, _memory), new(prefetchable, _prefetchable)) });
    }

    private FunctionModel Finish(FunctionModel model, byte bus, byte device, byte function) => model with
    {
        Address = new PciAddress(0, bus, device, function),
        Irq = model.Driver is null ? 0 : _irq++,
        NumaNode = _node,
    };

    private BarModel Place(BarModel bar)
    {
        ref ulong cursor = ref _memory;
        if (bar.Prefetchable)
        {
            cursor = ref _prefetchable;
        }

        ulong start = Up(cursor, bar.Size);
        cursor = start + bar.Size;
        return bar with { Base = start };
    }

    private static ulong Up(ulong value, ulong unit) => (value + unit - 1) & ~(unit - 1);
}
