namespace Fleet.Contracts;

/// <summary>The figures of the overview page.</summary>
public sealed record OverviewView
{
    /// <summary>Hosts by state ("live", "stale", "silent").</summary>
    public required IReadOnlyDictionary<string, int> Hosts { get; init; }

    /// <summary>Functions known.</summary>
    public required int Functions { get; init; }

    /// <summary>Mailboxes by state.</summary>
    public required IReadOnlyDictionary<string, int> Mailboxes { get; init; }

    /// <summary>Claims in force by source.</summary>
    public required IReadOnlyDictionary<string, int> Claims { get; init; }

    /// <summary>Contention in the last hour.</summary>
    public required long ContentionLastHour { get; init; }

    /// <summary>Contention in the hour before.</summary>
    public required long ContentionHourBefore { get; init; }

    /// <summary>Events lost in the last 24 hours, as agents announced.</summary>
    public required long EventsLost { get; init; }

    /// <summary>Policies known.</summary>
    public required int Policies { get; init; }

    /// <summary>Rollouts by phase.</summary>
    public required IReadOnlyDictionary<string, int> Rollouts { get; init; }

    /// <summary>Functions that can be attested, by state ("trusted", "failed", "stale", "unknown").</summary>
    public IReadOnlyDictionary<string, int> Attestation { get; init; } = new Dictionary<string, int>();

    /// <summary>What needs attention, worst first: the worst 50.</summary>
    public required IReadOnlyList<AttentionItem> Attention { get; init; }

    /// <summary>How much needs attention in all; 0 or more.</summary>
    public int AttentionTotal { get; init; }
}
