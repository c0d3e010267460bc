using Fleet.Agent.Intercepts;
using Fleet.Contracts;

namespace Fleet.Agent;

/// <summary>What one host's agent is told at start.</summary>
internal sealed record AgentOptions
{
    /// <summary>Identity, spool and the cached assignment live here; mode 0700.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Socket, lock and mirror live here, normally under /run.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>The servers' agents ports ("https://host:8443"), any of which will do; empty for an agent without a server.</summary>
    public IReadOnlyList<Uri> Servers { get; init; } = [];

    /// <summary>The join token; needed only until the host has joined.</summary>
    public string? Token { get; init; }

    /// <summary>The host's own ceiling on enforcement.</summary>
    public EnforcementMode Ceiling { get; init; } = EnforcementMode.Observe;

    /// <summary>By which way accesses reach the broker.</summary>
    public InterceptLevel Intercept { get; init; } = InterceptLevel.Mirror;

    /// <summary>What becomes of the intercepts when the agent dies; null for wait under bind and closed otherwise. Policies may say otherwise.</summary>
    public AgentLossAction? OnAgentDeath { get; init; }

    /// <summary>How long accesses wait for the next agent when one died under wait.</summary>
    public TimeSpan WaitLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Whether opens of raw config files around the binds are denied where a claim is enforced.</summary>
    public bool Guard { get; init; }

    /// <summary>What follows "fuse." in the type of the mirror's mounts.</summary>
    public string MirrorType { get; init; } = "pcifleet";

    /// <summary>Whether discovery may drive the mailboxes that are the broker's.</summary>
    public bool DriveMailboxes { get; init; }

    /// <summary>Whether users other than root may hold claims for processes of their own. A claim keeps root's tools off too.</summary>
    public bool UserClaims { get; init; }

    /// <summary>Where the host's metrics are served, told to the server; null when they are not.</summary>
    public string? MetricsUrl { get; init; }

    /// <summary>How often functions are read again.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether the flight recorder keeps payloads, which may be secret.</summary>
    public bool RecordPayloads { get; init; }

    /// <summary>Called with events as they reach the spool.</summary>
    public Action<IReadOnlyList<FleetEvent>>? EventsSpooled { get; init; }
}
