using Fleet.Contracts;
using Fleet.Server.Domain.Rollouts;

namespace Fleet.Server.Data;

internal sealed class RolloutTargetRow
{
    public long Rollout { get; init; }

    public HostId Host { get; init; }

    /// <summary>Place in the order in which hosts were split into waves.</summary>
    public int Position { get; init; }

    public required string Name { get; init; }

    public int Wave { get; init; }

    public bool Wanted { get; init; }

    public TargetPhase Phase { get; set; }

    public DateTimeOffset? AssignedAt { get; set; }

    public long Generation { get; set; }

    public string? Note { get; set; }
}
