using System.Globalization;

namespace Fleet.Agent.Linux;

/// <summary>Names of vendors, devices and classes from the pci.ids database, where the host has one.</summary>
internal sealed class PciIds
{
    public const string DefaultPath = "/usr/share/misc/pci.ids";

    private const long SizeLimit = 16 * 1024 * 1024;

    private readonly Dictionary<ushort, string> _vendors = [];
    private readonly Dictionary<uint, string> _devices = [];
    private readonly Dictionary<int, string> _classes = [];

    private PciIds()
    {
    }

    /// <summary>Reads the database once; a missing, unreadable or oversized file gives no names.</summary>
    public static PciIds Load(string path)
    {
        PciIds ids = new();
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: < SizeLimit })
            {
                ids.Parse(File.ReadLines(path));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Names are a comfort: without them people see the numbers.
        }

        return ids;
    }

    public string? Vendor(ushort vendor) => _vendors.GetValueOrDefault(vendor);

    public string? Device(ushort vendor, ushort device) => _devices.GetValueOrDefault(DeviceKey(vendor, device));

    /// <summary>The subclass's name, or the class's when the subclass has none.</summary>
    public string? Class(byte classCode, byte subclass) =>
        _classes.GetValueOrDefault((classCode << 8) | subclass) ?? _classes.GetValueOrDefault(ClassKey(classCode));

    // "vvvv  Name", "\tdddd  Name", "C cc  Name", "\tss  Name"; two tabs are subsystems and interfaces, not needed here.
    private void Parse(IEnumerable<string> lines)
    {
        int vendor = -1;
        int classCode = -1;
        foreach (string line in lines)
        {
            if (line.StartsWith("C ", StringComparison.Ordinal) && TryEntry(line[2..], 2, out uint code, out string name))
            {
                (vendor, classCode) = (-1, (int)code);
                _classes[ClassKey((byte)code)] = name;
            }
            else if (TryEntry(line, 4, out code, out name))
            {
                (vendor, classCode) = ((int)code, -1);
                _vendors[(ushort)code] = name;
            }
            else if (line.StartsWith('\t') && vendor >= 0 && TryEntry(line[1..], 4, out code, out name))
            {
                _devices[DeviceKey((ushort)vendor, (ushort)code)] = name;
            }
            else if (line.StartsWith('\t') && classCode >= 0 && TryEntry(line[1..], 2, out code, out name))
            {
                _classes[(classCode << 8) | (int)code] = name;
            }
        }
    }

    private static bool TryEntry(string text, int digits, out uint code, out string name)
    {
        name = "";
        code = 0;
        if (text.Length <= digits + 2 || text[digits] is not ' '
            || !uint.TryParse(text.AsSpan(0, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code))
        {
            return false;
        }

        name = text[digits..].Trim();
        return true;
    }

    private static uint DeviceKey(ushort vendor, ushort device) => ((uint)vendor << 16) | device;

    // Beyond every class-and-subclass pair, so that both kinds share one table.
    private static int ClassKey(byte classCode) => 0x1_0000 | classCode;
}
