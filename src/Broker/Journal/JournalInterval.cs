using Fleet.Pci;

namespace Fleet.Broker;

/// <summary>From when to when something was held: what explains, and what a preview needs, beside the counted accesses.</summary>
public sealed record JournalInterval
{
    /// <summary>A claim, a lease or a hold.</summary>
    public required IntervalKind Kind { get; init; }

    /// <summary>The function; null for a lease on every function.</summary>
    public PciAddress? Function { get; init; }

    /// <summary>First byte.</summary>
    public required int Offset { get; init; }

    /// <summary>Length in bytes.</summary>
    public required int Length { get; init; }

    /// <summary>Executable of the holder; empty when it could not be read.</summary>
    public required string Exe { get; init; }

    /// <summary>User id of the holder.</summary>
    public required uint Uid { get; init; }

    /// <summary>systemd unit of the holder; null when none.</summary>
    public string? Unit { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Began { get; init; }

    /// <summary>When it ended; null while it goes on, and when the agent died first.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>True when the agent died before it ended, so that nobody knows when it did.</summary>
    public bool CutOff { get; init; }
}
