using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>What a host's operator decides about its broker.</summary>
public sealed record BrokerOptions
{
    /// <summary>The host's ceiling: no claim acts further here.</summary>
    public required EnforcementMode Ceiling { get; init; }

    /// <summary>The journal's file; made when it does not exist.</summary>
    public required string JournalPath { get; init; }

    /// <summary>The file of the mailboxes in quarantine, which outlives the agent; null keeps them in memory alone.</summary>
    public string? QuarantinePath { get; init; }

    /// <summary>Cells of the journal, 64 bytes each.</summary>
    public int JournalCells { get; init; } = 8_192;

    /// <summary>How long an exchange may wait for the mailbox before it fails; of the features that a hold covers, longer by <see cref="HoldMost"/>.</summary>
    public TimeSpan ExchangeWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a hold outlives its holder's last exchange.</summary>
    public TimeSpan HoldIdle { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest a hold lasts.</summary>
    public TimeSpan HoldMost { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a caller keeps virtual registers that it does not use.</summary>
    public TimeSpan VirtualIdle { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Executables whose processes live for one access each, by name or by path: they share virtual registers within a session.</summary>
    public IReadOnlyList<string> OneShot { get; init; } = ["setpci"];

    /// <summary>Longest object a virtual mailbox takes, in dwords with its header.</summary>
    public int VirtualObjectDwords { get; init; } = 1 << 14;

    /// <summary>Where the flight recorder writes its bundles; null keeps them in memory alone.</summary>
    public string? RecorderDirectory { get; init; }

    /// <summary>Bundles that the flight recorder keeps.</summary>
    public int RecordedBundles { get; init; } = 32;

    /// <summary>Exchanges that the flight recorder keeps of each mailbox.</summary>
    public int RecordedExchanges { get; init; } = 32;

    /// <summary>Whether the flight recorder keeps payloads: they may be secret, so it does not unless told to.</summary>
    public bool RecordPayloads { get; init; }

    /// <summary>How long a local claim lasts that names no duration.</summary>
    public TimeSpan ClaimDuration { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest duration a local claim may name.</summary>
    public TimeSpan ClaimDurationMost { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How old an answer under a claim that says cached may be while the function is awake; one that sleeps is not woken however old it is.</summary>
    public TimeSpan CacheAge { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest duration a lease may have.</summary>
    public TimeSpan LeaseDurationMost { get; init; } = TimeSpan.FromHours(8);

    /// <summary>Most leases at a time.</summary>
    public int LeasesMost { get; init; } = 64;

    /// <summary>Most local claims one process may hold.</summary>
    public int ClaimsPerProcess { get; init; } = 64;
}
