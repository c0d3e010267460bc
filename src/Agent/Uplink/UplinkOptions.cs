namespace Fleet.Agent.Uplink;

/// <summary>How the agent holds its connection.</summary>
internal sealed record UplinkOptions
{
    /// <summary>The agents ports of servers that know this host, at least one, in the order in which they are tried; the agent is connected to one of them.</summary>
    public required IReadOnlyList<Uri> Servers { get; init; }

    /// <summary>How often the assignment is asked for even without a nudge.</summary>
    public TimeSpan AssignmentInterval { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Shortest time between two state reports.</summary>
    public TimeSpan StateInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often the state is reported even when nothing changed.</summary>
    public TimeSpan StateHeartbeat { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one call may take.</summary>
    public TimeSpan CallLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where the identity is kept, to renew it; null for an identity that is not renewed.</summary>
    public IdentityFiles? Identity { get; init; }

    /// <summary>Joins again after a refusal that this may heal; null, or an answer of null, when there is no way to.</summary>
    public Func<AgentIdentity, CancellationToken, Task<AgentIdentity?>>? JoinAgain { get; init; }

    /// <summary>Pauses between connections.</summary>
    public Func<Backoff> Backoff { get; init; } = () => new Backoff();
}
