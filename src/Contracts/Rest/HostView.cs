namespace Fleet.Contracts;

/// <summary>A host as the API shows it.</summary>
public sealed record HostView
{
    /// <summary>Identity.</summary>
    public required HostId Id { get; init; }

    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>"live", "stale" (no sign for 30 s), "silent" (for 5 min), "evicted" or "banned".</summary>
    public required string State { get; init; }

    /// <summary>Last sign of life, by the server's clock.</summary>
    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>When it joined.</summary>
    public required DateTimeOffset Joined { get; init; }

    /// <summary>Identity of the join token that admitted it.</summary>
    public string JoinToken { get; init; } = "";

    /// <summary>Who made that token.</summary>
    public string AdmittedBy { get; init; } = "";

    /// <summary>Why it may not come in; null for a host that may.</summary>
    public HostAccessView? Access { get; init; }

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

    /// <summary>What the agent's disk does not take now, events or evidence, and why; null when it takes all, or was not heard of.</summary>
    public string? SpoolTrouble { get; init; }

    /// <summary>Another host was seen at the same time with the same machine id; see <see cref="SameMachineId"/>.</summary>
    public bool DuplicateMachineId { get; init; }

    /// <summary>The hosts that have its machine id and were seen at the same time, at most 16.</summary>
    public IReadOnlyList<HostReference> SameMachineId { get; init => field = value ?? []; } = [];

    /// <summary>How many hosts those are.</summary>
    public int SameMachineIdTotal { get; init; }

    /// <summary>The host as which the same machine joined again; this one has not been seen since. Null for none.</summary>
    public HostReference? ReplacedBy { get; init; }

    /// <summary>The host as which the same machine had joined before; null for none.</summary>
    public HostReference? Replaces { get; init; }

    /// <summary>When two machines were last seen to use its identity in turns (a cloned disk); null when none were in the last hour.</summary>
    public DateTimeOffset? ConnectedTwice { get; init; }

    /// <summary>What is known of those machines, one sentence.</summary>
    public string? ConnectedTwiceNote { get; init; }

    /// <summary>When its agent's certificate expires; it renews itself when two thirds of the time are over. Null until the agent came in with one.</summary>
    public DateTimeOffset? CertificateExpires { get; init; }

    /// <summary>Whether the certificate should have been renewed long ago, or has expired.</summary>
    public bool CertificateOverdue { get; init; }

    /// <summary>Its agent's certificates; null where many hosts are listed.</summary>
    public HostCertificates? Certificates { get; init; }

    /// <summary>The agent's clock less the server's, in whole seconds; null while the agent has not said.</summary>
    public long? ClockOffsetSeconds { get; init; }
}
