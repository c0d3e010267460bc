using System.Globalization;
using Fleet.Pci;

namespace Fleet.Simulator.Hardware;

/// <summary>Keeps the attribute files of a host as /sys/bus/pci has them. The config files have the right size and no content: reads go to the broker.</summary>
internal sealed class AttributeTree
{
    private const int ResourceLines = 13; // Six BARs, the ROM, six of virtual functions.
    private const ulong MemoryFlags = 0x0004_0200;
    private const ulong PrefetchableFlags = 0x2008;
    private const ulong WideFlags = 0x0010_0004;
    private const ulong WindowFlags = 0x200;
    private const ulong PrefetchableWindowFlags = 0x0010_2201;
    private readonly string _root;

    /// <summary>Begins an empty tree; what was there is removed.</summary>
    public AttributeTree(string root)
    {
        _root = root;
        if (Directory.Exists(root))
        {
            Directory.Delete(root, recursive: true);
        }

        Directory.CreateDirectory(Path.Combine(root, "devices"));
        Directory.CreateDirectory(Path.Combine(root, "drivers"));
        Directory.CreateDirectory(Path.Combine(root, "slots"));
    }

    public void Add(FunctionModel function)
    {
        string name = function.Address.ToString();
        string directory = DirectoryOf(function.Address);
        Directory.CreateDirectory(directory);
        Text(directory, "vendor", $"0x{function.Vendor:x4}");
        Text(directory, "device", $"0x{function.Device:x4}");
        Text(directory, "class", $"0x{function.ClassCode:x6}");
        Text(directory, "revision", $"0x{function.Revision:x2}");
        Text(directory, "subsystem_vendor", $"0x{function.SubsystemVendor:x4}");
        Text(directory, "subsystem_device", $"0x{function.SubsystemDevice:x4}");
        Text(directory, "irq", function.Irq.ToString(CultureInfo.InvariantCulture));
        Text(directory, "numa_node", function.NumaNode.ToString(CultureInfo.InvariantCulture));
        Text(directory, "power_state", "D0");
        Text(directory, "resource", Resources(function));
        using (FileStream config = File.Create(Path.Combine(directory, "config")))
        {
            config.SetLength(ConfigImage.ExtendedSize);
        }

        AddFeatures(directory, function);
        if (function.Driver is { } driver)
        {
            // libpci follows relative links only.
            Directory.CreateDirectory(Path.Combine(_root, "drivers", driver));
            File.CreateSymbolicLink(Path.Combine(directory, "driver"), $"../../drivers/{driver}");
            File.CreateSymbolicLink(Path.Combine(_root, "drivers", driver, name), $"../../devices/{name}");
        }

        if (function is { Slot: { } slot, Bridge: { } bridge })
        {
            string place = Path.Combine(_root, "slots", slot.ToString(CultureInfo.InvariantCulture));
            Directory.CreateDirectory(place);
            Text(place, "address", $"{function.Address.Domain:x4}:{bridge.Secondary:x2}:00");
        }
    }

    public void Remove(FunctionModel function)
    {
        if (function.Driver is { } driver)
        {
            File.Delete(Path.Combine(_root, "drivers", driver, function.Address.ToString()));
        }

        Directory.Delete(DirectoryOf(function.Address), recursive: true);
    }

    private static void AddFeatures(string directory, FunctionModel function)
    {
        foreach (string feature in function.Features.Select(f => f.ToString()))
        {
            Directory.CreateDirectory(Path.Combine(directory, "doe_features"));
            Text(Path.Combine(directory, "doe_features"), feature is "0001:00" ? "doe_discovery" : feature, feature);
        }
    }

    private string DirectoryOf(PciAddress address) => Path.Combine(_root, "devices", address.ToString());

    private static void Text(string directory, string name, string value) => File.WriteAllText(Path.Combine(directory, name), value + "\n");

    /// <summary>One line a resource: BARs, ROM, BARs of virtual functions; of a bridge the I/O, memory and prefetchable window and a spare one too.</summary>
    private static string Resources(FunctionModel function)
    {
        string[] lines = new string[function.Bridge is null ? ResourceLines : ResourceLines + 4];
        Array.Fill(lines, Line(0, 0, 0));
        foreach (BarModel bar in function.Bars)
        {
            lines[bar.Index] = Line(bar.Base, bar.Size, MemoryFlags | (bar.Prefetchable ? PrefetchableFlags : 0) | (bar.Wide ? WideFlags : 0));
        }

        if (function.Bridge is { } bridge)
        {
            lines[ResourceLines + 1] = Line(bridge.Memory, WindowFlags);
            lines[ResourceLines + 2] = Line(bridge.Prefetchable, PrefetchableWindowFlags);
        }

        return string.Join('\n', lines);
    }

    private static string Line(MemoryWindow window, ulong flags) => window.Empty ? Line(0, 0, 0) : Line(window.Start, window.End - window.Start, flags);

    private static string Line(ulong start, ulong size, ulong flags) =>
        string.Create(CultureInfo.InvariantCulture, $"0x{start:x16} 0x{(size is 0 ? 0 : start + size - 1):x16} 0x{flags:x16}");
}
