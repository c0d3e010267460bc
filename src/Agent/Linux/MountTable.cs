namespace Fleet.Agent.Linux;

/// <summary>The mounts of this mount namespace, and the removal of ours that a killed agent left behind.</summary>
internal static class MountTable
{
    // Mounts stack at one place; each pass takes one layer off.
    private const int PassLimit = 64;

    /// <summary>A mirror and the binds of its files, in the kernel's order: the mirror comes first.</summary>
    public static IReadOnlyList<MountEntry> Of(string type, string mirror) =>
        [.. ReadAll().Where(entry => entry.Type == $"fuse.{type}" && entry.Source == mirror)];

    /// <summary>Every mount of a connection.</summary>
    public static IReadOnlyList<MountEntry> Of(uint connection) =>
        [.. ReadAll().Where(entry => entry.DeviceMinor == connection && entry.Type.StartsWith("fuse.", StringComparison.Ordinal))];

    /// <summary>
    /// Detaches a mirror whose server is gone, and the binds of its files, binds first. Call it with the agent's lock held: then
    /// nobody else of ours serves there, and a probe cannot hang on a server that is merely slow.
    /// </summary>
    /// <returns>The mountpoints that were cleared.</returns>
    public static IReadOnlyList<string> RemoveDead(string type, string mirror) => Remove(() => Of(type, mirror), IsDead);

    /// <summary>Detaches every mount of a connection, binds first; whether somebody serves it or not.</summary>
    public static IReadOnlyList<string> RemoveAll(uint connection) => Remove(() => Of(connection), _ => true);

    private static List<string> Remove(Func<IReadOnlyList<MountEntry>> list, Predicate<string> unwanted)
    {
        List<string> removed = [];
        for (int pass = 0; pass < PassLimit; pass++)
        {
            IReadOnlyList<MountEntry> entries = list();
            int before = removed.Count;
            foreach (string mountpoint in entries.Select(entry => entry.Mountpoint).Reverse().Distinct().Where(place => unwanted(place)))
            {
                if (Native.Unmount(mountpoint, Native.UnmountDetach) is 0)
                {
                    removed.Add(mountpoint);
                }
            }

            if (removed.Count == before)
            {
                break;
            }
        }

        return removed;
    }

    private static IEnumerable<MountEntry> ReadAll() =>
        File.ReadLines("/proc/self/mountinfo").Select(MountEntry.TryParse).OfType<MountEntry>();

    private static bool IsDead(string mountpoint) => Posix.Probe(mountpoint) is Errno.NotConnected or Errno.ConnectionAborted;
}
