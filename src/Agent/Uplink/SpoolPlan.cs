using Fleet.Contracts;

namespace Fleet.Agent.Uplink;

/// <summary>One transaction of the spool, decided before anything is written. A disk that refuses it has changed nothing: the same is planned again.</summary>
internal sealed class SpoolPlan
{
    /// <summary>Events that get the next sequences, in order.</summary>
    public List<FleetEvent> Events { get; } = [];

    /// <summary>Rows of merged contention that are new or changed.</summary>
    public Dictionary<long, MergedRow> Merged { get; } = [];

    /// <summary>The latest row of each key that is new or changed.</summary>
    public Dictionary<MergeKey, MergedRow> Open { get; } = [];

    /// <summary>How many of the rows are new.</summary>
    public int NewRows { get; set; }

    /// <summary>Rows of merged contention that became events.</summary>
    public HashSet<long> Released { get; } = [];

    /// <summary>How many events were merged into others.</summary>
    public long MergedEvents { get; set; }

    /// <summary>What finds no room, beside what was lost before.</summary>
    public Loss Lost { get; set; }

    /// <summary>Losses that this transaction tells of.</summary>
    public Dictionary<LossKey, Loss> Told { get; } = [];

    /// <summary>Losses that nothing has told of after this transaction.</summary>
    public Dictionary<LossKey, Loss> Untold { get; } = [];

    public bool IsEmpty => Events.Count is 0 && Merged.Count is 0 && Released.Count is 0 && Lost.Count is 0;
}
