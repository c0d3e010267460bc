namespace Fleet.Agent.Linux;

/// <summary>How the agent may use this machine.</summary>
internal sealed record LinuxHardwareOptions
{
    /// <summary>Open functions read-only: no write of anybody reaches a function through the agent.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>The names' database.</summary>
    public string PciIdsPath { get; init; } = PciIds.DefaultPath;

    /// <summary>A directory laid out like a PCI bus in sysfs, in place of this machine's own.</summary>
    public string? PciRoot { get; init; }
}
