namespace Fleet.Contracts;

/// <summary>A policy as agents get it: checked by the server, without anything an agent does not need.</summary>
public sealed record CompiledPolicy
{
    /// <summary>The policy's name.</summary>
    public required string Name { get; init; }

    /// <summary>The revision, from 1.</summary>
    public required int Revision { get; init; }

    /// <summary>Higher wins where claims of two policies overlap; 0 to 1000.</summary>
    public required int Priority { get; init; }

    /// <summary>How far the policy acts; the host's own ceiling still holds.</summary>
    public required EnforcementMode Mode { get; init; }

    /// <summary>Selector of functions on the host; empty selects all.</summary>
    public string Functions { get; init => field = value ?? ""; } = "";

    /// <summary>What becomes of the ways in when the agent dies; null leaves it to the host. Of several policies the strictest holds.</summary>
    public AgentLossAction? OnAgentLoss { get; init; }

    /// <summary>The claims it makes on each selected function.</summary>
    public IReadOnlyList<CompiledClaim> Claims { get; init => field = value ?? []; } = [];
}
