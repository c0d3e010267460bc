namespace Fleet.Agent.Fuse;

/// <summary>Where a mirror is mounted and what it shows.</summary>
/// <param name="Mountpoint">An existing directory.</param>
/// <param name="Source">Name of the mount, also the suffix of its type ("pcifleet" is listed as fuse.pcifleet).</param>
/// <param name="PciRoot">The directory to mirror, laid out like /sys/bus/pci; must not lie under the mountpoint.</param>
internal sealed record MirrorOptions(string Mountpoint, string Source, string PciRoot)
{
    /// <summary>Threads that read requests. Two serve parallel callers and cost a single caller little.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>How long Dispose waits for the workers after the unmount.</summary>
    public TimeSpan StopLimit { get; init; } = TimeSpan.FromSeconds(5);
}
