namespace Fleet.Contracts;

/// <summary>What an agent knows of its host.</summary>
public sealed record HostFacts
{
    /// <summary><see cref="MachineId"/> of a host that has none: it says nothing about which machine it is.</summary>
    public const string NoMachineId = "unknown";

    /// <summary>The host's name (uname's nodename).</summary>
    public required string Name { get; init; }

    /// <summary>/etc/machine-id, or what stands for it; used to notice cloned machines.</summary>
    public required string MachineId { get; init; }

    /// <summary>Identity of this boot.</summary>
    public required string BootId { get; init; }

    /// <summary>Kernel release (uname -r).</summary>
    public required string Kernel { get; init; }

    /// <summary>Machine architecture (uname -m).</summary>
    public required string Architecture { get; init; }

    /// <summary>Kernel lockdown: "none", "integrity", "confidentiality", or "unknown" when securityfs does not say.</summary>
    public required string Lockdown { get; init; }

    /// <summary>Bits of /proc/sys/kernel/tainted; null when unreadable.</summary>
    public long? Tainted { get; init; }

    /// <summary>Whether the kernel was built with CONFIG_PCI_DOE; null when it does not say.</summary>
    public bool? KernelDoe { get; init; }

    /// <summary>The platform security managers that are registered (/sys/class/tsm).</summary>
    public IReadOnlyList<string> SecurityManagers { get; init => field = value ?? []; } = [];

    /// <summary>Version of the agent.</summary>
    public required string AgentVersion { get; init; }

    /// <summary>How accesses reach the broker: "none" or "mirror".</summary>
    public required string Intercept { get; init; }

    /// <summary>The host's own ceiling on enforcement: no policy acts further than this here.</summary>
    public required EnforcementMode Mode { get; init; }

    /// <summary>True for a host of fleet-sim.</summary>
    public bool Simulated { get; init; }

    /// <summary>The ways by which the agent learns of accesses around it, and what each covers here. What is not covered goes unseen.</summary>
    public IReadOnlyList<SensorReport> Sensors { get; init => field = value ?? []; } = [];

    /// <summary>What does not work here and why, one sentence each; empty when everything does.</summary>
    public IReadOnlyList<string> Reduced { get; init => field = value ?? []; } = [];
}
