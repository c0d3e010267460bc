using Fleet.Contracts;

namespace Fleet.Server.Data;

/// <summary>A rollout as fleet.db keeps it; the planner works on the value that <see cref="RolloutRecords"/> makes of it.</summary>
internal sealed class RolloutRow
{
    /// <summary>Order of creation: of two rollouts of a policy the later one counts.</summary>
    public long Number { get; init; }

    public required string Id { get; init; }

    public required string Policy { get; init; }

    public int Revision { get; init; }

    public RolloutPhase Phase { get; set; }

    public string Reason { get; set; } = "";

    /// <summary>JSON of the <see cref="WaveSpec"/>s.</summary>
    public required string Waves { get; init; }

    public int Wave { get; set; }

    public DateTimeOffset? BakingSince { get; set; }

    public required string Author { get; init; }

    public DateTimeOffset Created { get; init; }

    public DateTimeOffset Changed { get; set; }

    /// <summary>The key that the client sent so that repeating the request starts no second rollout; with the request's hash.</summary>
    public string? IdempotencyKey { get; init; }

    public string? RequestHash { get; init; }

    /// <summary>Rises with each change; the entity tag.</summary>
    public long Version { get; set; } = 1;

    public List<RolloutTargetRow> Targets { get; init; } = [];
}
