using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Broker;

/// <summary>One aggregated line of the journal: who did what where, how it was decided, how often within one minute.</summary>
public sealed record JournalEntry
{
    /// <summary>Offset of a line that stands for accesses to many places; its length is 0.</summary>
    public const int ManyOffsets = -1;

    /// <summary>Path of the executable; empty when it could not be read or the journal knew too many callers.</summary>
    public required string Exe { get; init; }

    /// <summary>SHA-256 of the executable; null when it could not be read.</summary>
    public string? ExeHash { get; init; }

    /// <summary>User id.</summary>
    public required uint Uid { get; init; }

    /// <summary>systemd unit; null when none.</summary>
    public string? Unit { get; init; }

    /// <summary>The function.</summary>
    public required PciAddress Function { get; init; }

    /// <summary>First byte, or <see cref="ManyOffsets"/> where the caller went over more of them than it is told of one by one.</summary>
    public required int Offset { get; init; }

    /// <summary>Length in bytes.</summary>
    public required int Length { get; init; }

    /// <summary>Read or write.</summary>
    public required AccessOperation Operation { get; init; }

    /// <summary>How it was decided.</summary>
    public required Decision Decision { get; init; }

    /// <summary>Generation of the claim table that decided.</summary>
    public required int Generation { get; init; }

    /// <summary>The minute, UTC.</summary>
    public required DateTimeOffset Minute { get; init; }

    /// <summary>How often.</summary>
    public required long Count { get; init; }
}
