using System.Globalization;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>Finds the mounts of sysfs in every mount namespace that a process lives in.</summary>
internal static class SysfsMounts
{
    private const int MostNamespaces = 512;
    private const int LongestTable = 20_000;

    /// <param name="minor">Minor device number of the agent's own sysfs; null when it is not known.</param>
    public static IReadOnlyList<SysfsMount> Find(uint? minor)
    {
        List<SysfsMount> found = [];
        HashSet<string> namespaces = [];
        string? own = Posix.ReadLink("/proc/self/ns/mnt");
        foreach (string process in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && namespaces.Count < MostNamespaces && Posix.ReadLink($"/proc/{pid}/ns/mnt") is { } space && namespaces.Add(space))
            {
                Look(pid, space == own, minor, found);
            }
        }

        return found;
    }

    private static void Look(int pid, bool own, uint? minor, List<SysfsMount> found)
    {
        MountEntry[] table;
        try
        {
            table = [.. File.ReadLines($"/proc/{pid}/mountinfo").Take(LongestTable).Select(MountEntry.TryParse).OfType<MountEntry>()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return; // It ended just now.
        }

        string comm = SmallFile.TryRead($"/proc/{pid}/comm") ?? "unknown";
        foreach (MountEntry mount in table.Where(entry => entry.Type is "sysfs"))
        {
            bool bound = table.Any(entry => entry.Type.StartsWith("fuse.", StringComparison.Ordinal)
                && entry.Mountpoint.StartsWith(mount.Mountpoint + "/", StringComparison.Ordinal) && entry.Mountpoint.EndsWith("/config", StringComparison.Ordinal));
            found.Add(new SysfsMount(pid, comm, mount.Mountpoint, own, minor is null || mount.DeviceMinor == minor, bound));
        }
    }
}
