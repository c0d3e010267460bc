namespace Fleet.Agent.Linux;

/// <summary>A line of /proc/self/mountinfo.</summary>
/// <param name="Id">Number of the mount.</param>
/// <param name="Mountpoint">Where, unescaped.</param>
/// <param name="Type">File system type with subtype ("fuse.pcifleet").</param>
/// <param name="Source">Name of the mount.</param>
/// <param name="DeviceMinor">Minor number of its device; for FUSE the number of the connection.</param>
internal sealed record MountEntry(string Id, string Mountpoint, string Type, string Source, uint DeviceMinor)
{
    private const int DeviceField = 2;
    private const int MountpointField = 4;

    /// <summary>Parses one line (proc_pid_mountinfo(5)): optional fields end at a single dash.</summary>
    public static MountEntry? TryParse(string line)
    {
        string[] fields = line.Split(' ');
        int dash = Array.IndexOf(fields, "-");
        if (dash <= MountpointField || dash + 2 >= fields.Length)
        {
            return null;
        }

        string device = fields[DeviceField];
        int colon = device.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && uint.TryParse(device.AsSpan(colon + 1), out uint minor)
            ? new MountEntry(fields[0], Unescape(fields[MountpointField]), fields[dash + 1], Unescape(fields[dash + 2]), minor)
            : null;
    }

    // The kernel writes space, tab, newline and backslash as three octal digits.
    private static string Unescape(string text) =>
        text.Replace(@"\040", " ", StringComparison.Ordinal)
            .Replace(@"\011", "\t", StringComparison.Ordinal)
            .Replace(@"\012", "\n", StringComparison.Ordinal)
            .Replace(@"\134", @"\", StringComparison.Ordinal);
}
