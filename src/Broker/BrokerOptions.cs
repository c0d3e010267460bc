using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>What a host's operator decides about its broker.</summary>
public sealed record BrokerOptions
{
    /// <summary>The host's ceiling: no claim acts further here.</summary>
    public required EnforcementMode Ceiling { get; init; }

    /// <summary>The journal's file; made when it does not exist.</summary>
    public required string JournalPath { get; init; }

    /// <summary>Cells of the journal, 64 bytes each.</summary>
    public int JournalCells { get; init; } = 8_192;

    /// <summary>How long an exchange may wait for the mailbox before it fails.</summary>
    public TimeSpan ExchangeWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a local claim lasts that names no duration.</summary>
    public TimeSpan ClaimDuration { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest duration a local claim may name.</summary>
    public TimeSpan ClaimDurationMost { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Most local claims one process may hold.</summary>
    public int ClaimsPerProcess { get; init; } = 64;
}
