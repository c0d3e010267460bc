namespace Fleet.Agent.Linux;

/// <summary>What the kernel shows of a function that decides who drives its mailboxes; read without touching the device.</summary>
/// <param name="Driver">The bound driver; null when none is.</param>
/// <param name="HasManager">Whether a platform security manager can be connected (tsm/ is there).</param>
/// <param name="ConnectedTo">The security manager it is connected to; null or empty when to none.</param>
/// <param name="Authenticated">Whether the kernel has an 'authenticated' attribute for it.</param>
/// <param name="Features">Names in doe_features; null when there is no such directory.</param>
/// <param name="Asleep">Whether it has no power.</param>
/// <param name="Settling">Whether it came or woke up so lately that the kernel may still be at work at its mailboxes.</param>
/// <param name="Reset">Whether it was reset so lately that it may not be ready again.</param>
/// <param name="CxlPort">The kernel's CXL port on top of it ("port3"), of a switch; null when there is none.</param>
internal sealed record OwnershipSight(
    string? Driver, bool HasManager, string? ConnectedTo, bool Authenticated, IReadOnlyList<string>? Features, bool Asleep, bool Settling,
    bool Reset = false, string? CxlPort = null)
{
    /// <summary>Reads PCIROOT/devices/ADDRESS.</summary>
    public static OwnershipSight Read(
        string directory, string? driver, IReadOnlyList<string>? features, bool asleep, bool settling, bool reset) => new(
        driver,
        Directory.Exists($"{directory}/tsm"),
        SmallFile.TryRead($"{directory}/tsm/connect"),
        File.Exists($"{directory}/authenticated"),
        features,
        asleep,
        settling,
        reset,
        driver is PortDriver ? FindCxlPort(directory) : null);

    // The driver of every bridge; CXL's own driver sits on a device that it makes of the function, on a bus of its own.
    private const string PortDriver = "pcieport";

    private static string? FindCxlPort(string directory)
    {
        string ports = Path.GetFullPath($"{directory}/../../../cxl/devices");
        return !Directory.Exists(ports) ? null : Directory.EnumerateFileSystemEntries(ports, "port*")
            .Where(port => Path.GetFileName(Posix.ReadLink($"{port}/uport")) == Path.GetFileName(directory))
            .Select(port => Path.GetFileName(port)).FirstOrDefault();
    }
}
