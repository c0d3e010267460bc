using System.Diagnostics;
using System.Globalization;

namespace Fleet.Pci.Tests;

/// <summary>A directory laid out like the PCI bus in sysfs, made of plain files, for lspci to read.</summary>
internal sealed class PciBusTree : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("pci-bus-");

    /// <summary>Adds a function; lspci takes ids and class from files and the rest from config.</summary>
    public void Add(PciAddress address, byte[] config)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_root.FullName, "devices", address.ToString())).FullName;
        File.WriteAllBytes(Path.Combine(folder, "config"), config);
        Text("vendor", BitConverter.ToUInt16(config, 0), 4);
        Text("device", BitConverter.ToUInt16(config, 2), 4);
        Text("class", BitConverter.ToUInt32(config, 8) >> 8, 6);
        File.WriteAllText(Path.Combine(folder, "irq"), "0\n");
        File.WriteAllText(Path.Combine(folder, "resource"), "");

        void Text(string name, uint value, int digits) =>
            File.WriteAllText(Path.Combine(folder, name), "0x" + value.ToString($"x{digits}", CultureInfo.InvariantCulture) + "\n");
    }

    /// <summary>What lspci prints, one list of trimmed lines per function.</summary>
    public Dictionary<PciAddress, List<string>> Run(string program)
    {
        ProcessStartInfo start = new(program, ["-vvv", "-D", "-O", $"sysfs.path={_root.FullName}"]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        Dictionary<PciAddress, List<string>> functions = [];
        List<string> current = [];
        while (process.StandardOutput.ReadLine() is { } line)
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && PciAddress.TryParse(line[..space], out PciAddress address))
            {
                functions[address] = current = [];
            }

            current.Add(line.Trim());
        }

        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return functions;
    }

    public void Dispose() => _root.Delete(recursive: true);

    /// <summary>True when it is the version whose words the tests know; another one words some fields differently.</summary>
    public static bool IsKnownVersion(string program)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, ["--version"]) { RedirectStandardOutput = true })!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text.Contains(" 3.9.", StringComparison.Ordinal);
    }

    /// <summary>Where lspci is; null when pciutils is not installed.</summary>
    public static string? FindLspci() =>
        new[] { "/usr/bin/lspci", "/usr/sbin/lspci", "/sbin/lspci" }.FirstOrDefault(File.Exists);
}
