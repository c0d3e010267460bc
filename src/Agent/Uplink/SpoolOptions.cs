using Fleet.Contracts;

namespace Fleet.Agent.Uplink;

/// <summary>Bounds of the spool.</summary>
internal sealed record SpoolOptions
{
    /// <summary>The file; its directory is made.</summary>
    public required string Path { get; init; }

    /// <summary>Most events that wait on disk. From half of it on contention is merged; the last tenth is for events that are not contention.</summary>
    public int MaxEvents { get; init; } = 200_000;

    /// <summary>Most bytes of events that wait on disk; shared out as <see cref="MaxEvents"/> is.</summary>
    public long MaxBytes { get; init; } = 128 * 1024 * 1024;

    /// <summary>Most events that wait in memory for the next commit; from three quarters on contention is merged there.</summary>
    public int QueueLength { get; init; } = 8192;

    /// <summary>How long a publisher of what is not contention may be held back when the queue is full before its event counts as lost.</summary>
    public TimeSpan PublishPatience { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long the broker keeps back counts that it merges; an agent that is killed takes them along.</summary>
    public TimeSpan HeldBack { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often an idle spool notes that it is alive, which bounds what a kill may have lost.</summary>
    public TimeSpan AliveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an agent that stops waits for a disk that refuses what is not written yet.</summary>
    public TimeSpan StopPatience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Called after each commit with what was committed; the simulator's ledger listens here.</summary>
    public Action<IReadOnlyList<FleetEvent>>? Committed { get; init; }

    /// <summary>Called when the disk begins to refuse events, and when it takes them again.</summary>
    public Action? TroubleChanged { get; init; }
}
