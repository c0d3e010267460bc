using System.Globalization;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent.Linux;

/// <summary>Reads what the kernel has cached of a function; nothing here touches the device or wakes it.</summary>
internal sealed class SysfsFunction(string pciRoot, PciIds names)
{
    private const string NoSubsystem = "0000:0000";

    /// <summary>A function in this state has no power; a config read would wake it.</summary>
    private const string PoweredOff = "D3cold";

    public string Directory(PciAddress address) => $"{pciRoot}/devices/{address}";

    /// <exception cref="DirectoryNotFoundException">The function is gone.</exception>
    public FunctionFacts ReadCached(PciAddress address)
    {
        string directory = Directory(address);
        string vendor = Number(directory, "vendor", 4)
            ?? throw new DirectoryNotFoundException($"Function {address} is gone: '{directory}/vendor' cannot be read.");
        string device = Number(directory, "device", 4) ?? "0000";
        string classCode = Number(directory, "class", 6) ?? "000000";
        string subsystem = $"{Number(directory, "subsystem_vendor", 4) ?? "0000"}:{Number(directory, "subsystem_device", 4) ?? "0000"}";
        ushort vendorId = Parse16(vendor);
        return new FunctionFacts
        {
            Address = address,
            VendorId = vendor,
            DeviceId = device,
            ClassCode = classCode,
            Revision = Number(directory, "revision", 2) ?? "00",
            Subsystem = subsystem is NoSubsystem ? null : subsystem,
            Driver = Path.GetFileName(Posix.ReadLink($"{directory}/driver")),
            VendorName = names.Vendor(vendorId),
            DeviceName = names.Device(vendorId, Parse16(device)),
            ClassName = names.Class((byte)(Parse16(classCode[..4]) >> 8), (byte)Parse16(classCode[..4])),
            PowerState = SmallFile.TryRead($"{directory}/power_state"),
            NumaNode = ParseNode(SmallFile.TryRead($"{directory}/numa_node")),
            Irq = ParseNode(SmallFile.TryRead($"{directory}/irq")) is > 0 and int irq ? irq : null,
            IommuGroup = ParseNode(Path.GetFileName(Posix.ReadLink($"{directory}/iommu_group"))),
            SecurityManager = SmallFile.TryRead($"{directory}/tsm/connect"),
            Authenticated = SmallFile.TryRead($"{directory}/authenticated"),
            ConfigSize = Posix.TryStat($"{directory}/config", follow: true, out FileStatus status) && status.Size > 256 ? 4096 : 256,
            KernelDoeFeatures = Features($"{directory}/doe_features"),
        };
    }

    /// <summary>Whether it, or the bridge above it, has no power: a read of its configuration space would wake them.</summary>
    public bool IsAsleep(PciAddress address) => IsAsleep(Directory(address));

    /// <summary>The same of a function's directory.</summary>
    public static bool IsAsleep(string directory) =>
        // The kernel follows the link first: the directory above it is the bridge's.
        SmallFile.TryRead($"{directory}/power_state") is PoweredOff || SmallFile.TryRead($"{directory}/../power_state") is PoweredOff;

    // -1: the host does not say.
    private static int? ParseNode(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int node) ? node : null;

    // The directory exists only when the kernel made at least one mailbox.
    private static string[]? Features(string directory)
    {
        try
        {
            return [.. System.IO.Directory.EnumerateFiles(directory).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>"0x1af4" without its prefix, in as many digits as asked.</summary>
    private static string? Number(string directory, string name, int digits)
    {
        string? text = SmallFile.TryRead($"{directory}/{name}");
        return text is not null && text.StartsWith("0x", StringComparison.Ordinal)
            && uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value)
            && value >> (4 * Math.Min(digits, 7)) is 0
            ? value.ToString($"x{digits}", CultureInfo.InvariantCulture)
            : null;
    }

    private static ushort Parse16(string hex) => ushort.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
