using Fleet.Agent.Linux;

namespace Fleet.Agent.Fuse;

/// <summary>Where a mirror is mounted and what it shows.</summary>
/// <param name="Mountpoint">An existing directory.</param>
/// <param name="Type">Suffix of the mount's type ("pcifleet" is listed as fuse.pcifleet); its source is the mountpoint.</param>
/// <param name="PciRoot">The directory to mirror, laid out like /sys/bus/pci; must not lie under the mountpoint.</param>
internal sealed record MirrorOptions(string Mountpoint, string Type, string PciRoot)
{
    /// <summary>Where the hashes of callers' executables come from.</summary>
    public ExecutableHashes Hashes { get; init; } = new();

    /// <summary>How long Dispose waits for the workers after the unmount.</summary>
    public TimeSpan StopLimit { get; init; } = TimeSpan.FromSeconds(5);
}
