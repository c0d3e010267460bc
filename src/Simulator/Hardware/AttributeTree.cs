using System.Globalization;

namespace Fleet.Simulator.Hardware;

/// <summary>Writes the attribute files of a host as /sys/bus/pci has them. The config files have the right size and no content: reads go to the broker.</summary>
internal static class AttributeTree
{
    public static void Write(string root, IReadOnlyList<FunctionModel> functions)
    {
        if (Directory.Exists(root))
        {
            Directory.Delete(root, recursive: true);
        }

        Directory.CreateDirectory(Path.Combine(root, "devices"));
        Directory.CreateDirectory(Path.Combine(root, "drivers"));
        foreach (FunctionModel function in functions)
        {
            WriteFunction(root, function);
        }
    }

    private static void WriteFunction(string root, FunctionModel function)
    {
        string name = function.Address.ToString();
        string directory = Path.Combine(root, "devices", name);
        Directory.CreateDirectory(directory);
        Text(directory, "vendor", $"0x{function.Vendor:x4}");
        Text(directory, "device", $"0x{function.Device:x4}");
        Text(directory, "class", $"0x{function.ClassCode:x6}");
        Text(directory, "revision", $"0x{function.Revision:x2}");
        Text(directory, "subsystem_vendor", $"0x{function.SubsystemVendor:x4}");
        Text(directory, "subsystem_device", $"0x{function.SubsystemDevice:x4}");
        Text(directory, "irq", function.Irq.ToString(CultureInfo.InvariantCulture));
        Text(directory, "numa_node", "0");
        Text(directory, "power_state", "D0");
        Text(directory, "resource", Resources(function));
        using (FileStream config = File.Create(Path.Combine(directory, "config")))
        {
            config.SetLength(4096);
        }

        if (function.Doe is not null)
        {
            Directory.CreateDirectory(Path.Combine(directory, "doe_features"));
            foreach (string feature in function.Features.Select(f => f.ToString()))
            {
                Text(Path.Combine(directory, "doe_features"), feature is "0001:00" ? "doe_discovery" : feature, feature);
            }
        }

        if (function.Driver is { } driver)
        {
            // libpci follows relative links only.
            Directory.CreateDirectory(Path.Combine(root, "drivers", driver));
            File.CreateSymbolicLink(Path.Combine(directory, "driver"), $"../../drivers/{driver}");
            File.CreateSymbolicLink(Path.Combine(root, "drivers", driver, name), $"../../devices/{name}");
        }
    }

    private static void Text(string directory, string name, string value) => File.WriteAllText(Path.Combine(directory, name), value + "\n");

    private static string Resources(FunctionModel function)
    {
        const string None = "0x0000000000000000 0x0000000000000000 0x0000000000000000";
        string bar = function.BarSize is 0
            ? None
            : string.Create(CultureInfo.InvariantCulture, $"0x{function.BarBase:x16} 0x{function.BarBase + function.BarSize - 1:x16} 0x0000000000140204");
        return string.Join('\n', Enumerable.Repeat(None, 12).Prepend(bar));
    }
}
