using System.Globalization;

namespace Fleet.Agent.Linux;

/// <summary>
/// Processes that have one of some files open, not through a mount of ours. A file opened before a bind was laid over it stays what it was
/// for as long as it is open.
/// </summary>
internal static class RawHolders
{
    private const string MountLine = "mnt_id:";

    /// <summary>One line a holder: "setpci (process 12) has /sys/…/config open".</summary>
    public static IReadOnlyList<string> Find(IReadOnlySet<string> files, string type)
    {
        HashSet<string> ours = [.. MountTable.Ids($"fuse.{type}")];
        List<string> found = [];
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && pid != Environment.ProcessId)
            {
                found.AddRange(Open(directory).Where(held => files.Contains(held.File) && !ours.Contains(held.Mount)).Select(held => held.File).Distinct()
                    .Select(file => $"{SmallFile.TryRead($"{directory}/comm") ?? "a process"} (process {pid}) has {file} open"));
            }
        }

        return found;
    }

    private static IEnumerable<(string File, string Mount)> Open(string process)
    {
        foreach (string descriptor in OpenFiles.LinksOf(process))
        {
            if (Posix.ReadLink(descriptor) is string file)
            {
                string info = SmallFile.TryRead($"{process}/fdinfo/{Path.GetFileName(descriptor)}") ?? "";
                yield return (file, info.Split('\n').FirstOrDefault(line => line.StartsWith(MountLine, StringComparison.Ordinal))?[MountLine.Length..].Trim() ?? "");
            }
        }
    }
}
