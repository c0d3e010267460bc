namespace Fleet.Agent.Linux;

/// <summary>The mounts of this mount namespace, and the removal of ours that a killed agent left behind.</summary>
internal static class MountTable
{
    // Mounts stack at one place; each pass takes one layer off.
    private const int PassLimit = 64;

    /// <summary>Mounts of the type fuse.SOURCE at or below a directory, in the kernel's order.</summary>
    public static IReadOnlyList<MountEntry> List(string source, string directory)
    {
        string place = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        return [.. ReadAll().Where(entry => entry.Type == $"fuse.{source}" && IsWithin(entry.Mountpoint, place))];
    }

    /// <summary>
    /// Detaches the mounts of ours below a directory whose server is gone. Call it with the agent's lock held: then
    /// nobody else of ours serves there, and a probe cannot hang on a server that is merely slow.
    /// </summary>
    /// <returns>The mountpoints that were cleared.</returns>
    public static IReadOnlyList<string> RemoveDead(string source, string directory)
    {
        List<string> removed = [];
        for (int pass = 0; pass < PassLimit; pass++)
        {
            string? dead = List(source, directory).Select(entry => entry.Mountpoint).LastOrDefault(IsDead);
            if (dead is null || Native.Unmount(dead, Native.UnmountDetach) is not 0)
            {
                break;
            }

            removed.Add(dead);
        }

        return removed;
    }

    private static IEnumerable<MountEntry> ReadAll() =>
        File.ReadLines("/proc/self/mountinfo").Select(MountEntry.TryParse).OfType<MountEntry>();

    private static bool IsWithin(string path, string directory) =>
        path == directory || path.StartsWith(directory + "/", StringComparison.Ordinal);

    private static bool IsDead(string mountpoint) => Posix.Probe(mountpoint) is Errno.NotConnected or Errno.ConnectionAborted;
}
