using Fleet.Contracts;

namespace Fleet.Agent.Uplink;

/// <summary>Bounds of the spool.</summary>
internal sealed record SpoolOptions
{
    /// <summary>The file; its directory must exist.</summary>
    public required string Path { get; init; }

    /// <summary>Most events that wait on disk. The last tenth is kept for events that are not contention.</summary>
    public int MaxEvents { get; init; } = 200_000;

    /// <summary>Most events that wait in memory for the next commit.</summary>
    public int QueueLength { get; init; } = 8192;

    /// <summary>How long a publisher may be held back when the queue is full before its event counts as lost.</summary>
    public TimeSpan PublishPatience { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Called after each commit with what was committed; the simulator's ledger listens here.</summary>
    public Action<IReadOnlyList<FleetEvent>>? Committed { get; init; }
}
