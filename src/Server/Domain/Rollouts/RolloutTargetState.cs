using Fleet.Contracts;

namespace Fleet.Server.Domain.Rollouts;

/// <summary>A host of a rollout.</summary>
internal sealed record RolloutTargetState
{
    public required HostId Host { get; init; }

    public required string Name { get; init; }

    public required int Wave { get; init; }

    /// <summary>False for a host that has the policy and that the revision no longer selects: its turn takes the policy off.</summary>
    public bool Wanted { get; init; } = true;

    public TargetPhase Phase { get; init; }

    public DateTimeOffset? AssignedAt { get; init; }

    /// <summary>Generation of the host's assignment that holds the revision; a report of an older one says nothing about it.</summary>
    public long Generation { get; init; }

    public string? Note { get; init; }
}
