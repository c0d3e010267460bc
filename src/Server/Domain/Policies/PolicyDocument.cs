using Fleet.Contracts;
using Fleet.Policy;

namespace Fleet.Server.Domain.Policies;

/// <summary>A policy document that has no errors.</summary>
internal sealed record PolicyDocument
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    /// <summary>Which hosts it is for.</summary>
    public required Selector Hosts { get; init; }

    public required int Priority { get; init; }

    public required EnforcementMode Mode { get; init; }

    /// <summary>What becomes of the ways in when the agent dies; null leaves it to the host.</summary>
    public AgentLossAction? OnAgentLoss { get; init; }

    public required Selector Functions { get; init; }

    public required IReadOnlyList<CompiledClaim> Claims { get; init; }

    /// <summary>What agents get.</summary>
    public CompiledPolicy Compile(int revision) => new()
    {
        Name = Name,
        Revision = revision,
        Priority = Priority,
        Mode = Mode,
        OnAgentLoss = OnAgentLoss,
        Functions = Functions.Text,
        Claims = Claims,
    };
}
