namespace Fleet.Contracts;

/// <summary>A host as the API shows it.</summary>
public sealed record HostView
{
    /// <summary>Identity.</summary>
    public required HostId Id { get; init; }

    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>"live", "stale" (no sign for 30 s) or "silent" (for 5 min).</summary>
    public required string State { get; init; }

    /// <summary>Last sign of life, by the server's clock.</summary>
    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>When it joined.</summary>
    public required DateTimeOffset Joined { get; init; }

    /// <summary>The host's facts; null until its agent said hello.</summary>
    public HostFacts? Facts { get; init; }

    /// <summary>Kernel release, repeated from the facts.</summary>
    public string? Kernel { get; init; }

    /// <summary>Kernel lockdown, repeated from the facts.</summary>
    public string? Lockdown { get; init; }

    /// <summary>Whether the kernel is tainted; null when unknown.</summary>
    public bool? Tainted { get; init; }

    /// <summary>The agent's version.</summary>
    public string? AgentVersion { get; init; }

    /// <summary>Labels an operator gave it.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Policies, as wanted and as reported.</summary>
    public IReadOnlyList<HostPolicy> Policies { get; init; } = [];

    /// <summary>Why the last assignment was not put in force; null when it was.</summary>
    public string? Rejected { get; init; }

    /// <summary>Number of functions.</summary>
    public int Functions { get; init; }

    /// <summary>Number of mailboxes.</summary>
    public int Mailboxes { get; init; }

    /// <summary>Contention events in the last hour.</summary>
    public long Contentions { get; init; }

    /// <summary>Events the agent holds that are not acknowledged yet, as last reported.</summary>
    public long EventsSpooled { get; init; }

    /// <summary>Another host joined with the same machine id.</summary>
    public bool DuplicateMachineId { get; init; }
}
