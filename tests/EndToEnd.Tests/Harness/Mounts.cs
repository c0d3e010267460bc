namespace Fleet.EndToEnd.Tests.Harness;

/// <summary>What is mounted.</summary>
internal static class Mounts
{
    /// <summary>The lines of mountinfo whose mountpoint lies below a directory.</summary>
    public static IReadOnlyList<string> Under(string directory) =>
        [.. File.ReadLines("/proc/self/mountinfo").Where(line => line.Contains($" {directory}/", StringComparison.Ordinal))];
}
