using System.Globalization;
using Fleet.Pci;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>
/// Looks through the open files of all processes for ways to devices: no sensor sees a file that was opened before it began. Reads
/// links and nothing else, so no file system is asked, not even one whose server is dead.
/// </summary>
internal sealed class HolderScan(ExecutableHashes hashes)
{
    private const int MostHolders = 1_000;

    /// <summary>The holders now, the agent itself left out unless asked for.</summary>
    public IReadOnlyList<Holder> Run(bool withOwn = false)
    {
        List<Holder> found = [];
        HashSet<uint> served = ServedDevices();
        foreach (string process in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && (withOwn || pid != Environment.ProcessId) && found.Count < MostHolders)
            {
                Look(pid, served, found);
            }
        }

        return found;
    }

    /// <summary>What a link in /proc/PID/fd leads to; null when it is no way to a device.</summary>
    public static (HolderKind Kind, PciAddress? Function)? Classify(string link)
    {
        string[] parts = link.Split('/');
        string name = parts[^1];
        string parent = parts.Length > 1 ? parts[^2] : "";
        if (name is "config" && PciAddress.TryParse(parent, out PciAddress function))
        {
            return (HolderKind.Config, function);
        }

        if (name.StartsWith("resource", StringComparison.Ordinal) && name.Length > "resource".Length && PciAddress.TryParse(parent, out function))
        {
            return (HolderKind.Resource, function);
        }

        if (link.Contains("/bus/pci/", StringComparison.Ordinal) && IsSlot(name))
        {
            return (HolderKind.ProcConfig, PciAddress.TryParse(parent.Contains(':', StringComparison.Ordinal) ? $"{parent}:{name}" : $"0000:{parent}:{name}", out function) ? function : null);
        }

        return link is "/dev/mem" or "/dev/port" or "/dev/kmem" ? (HolderKind.Memory, null)
            : link.StartsWith("/dev/vfio/", StringComparison.Ordinal) && name is not "vfio" || link is "anon_inode:[vfio-device]" ? (HolderKind.Vfio, null)
            : null;
    }

    // "DD.F"
    private static bool IsSlot(string name) =>
        name.Length is 4 && char.IsAsciiHexDigit(name[0]) && char.IsAsciiHexDigit(name[1]) && name[2] is '.' && name[3] is >= '0' and <= '7';

    // Files of a mirror bear the names of the raw ones and lead to the broker.
    private static HashSet<uint> ServedDevices() =>
        [.. MountTable.ReadAll().Where(entry => entry.Type.StartsWith("fuse", StringComparison.Ordinal)).Select(entry => entry.DeviceMinor)];

    private void Look(int pid, HashSet<uint> served, List<Holder> found)
    {
        foreach (string file in OpenFiles.LinksOf($"/proc/{pid}"))
        {
            if (Posix.ReadLink(file) is not { } link || Classify(link) is not var (kind, function))
            {
                continue;
            }

            string? information = SmallFile.TryRead($"/proc/{pid}/fdinfo/{Path.GetFileName(file)}");
            if (information is null || (Posix.DeviceOf(file) is (0, var minor) && served.Contains(minor)) || CallerReader.TryRead(pid, hashes) is not { } caller)
            {
                continue;
            }

            found.Add(new Holder(caller, kind, function, link, IsWritable(information)));
        }
    }

    /// <summary>Whether the line "flags:" of fdinfo, in octal, says that it was opened for writing.</summary>
    internal static bool IsWritable(string information) =>
        Line(information, "flags:") is { Length: > 0 } flags && (flags[^1] - '0') is var mode && (mode & Native.OpenAccessMask) is not Native.OpenReadOnly;

    private static string? Line(string information, string name)
    {
        foreach (ReadOnlySpan<char> line in information.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(name))
            {
                return line[name.Length..].Trim().ToString();
            }
        }

        return null;
    }
}
