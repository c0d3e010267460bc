namespace Fleet.Contracts;

/// <summary>A DOE mailbox: one instance of the Data Object Exchange capability (PCI Express Base, section 6.30).</summary>
public sealed record MailboxFacts
{
    /// <summary>Offset of the capability's header.</summary>
    public required int Offset { get; init; }

    /// <summary>Who may drive it: "broker", "kernel", "tsm", "vm", "none".</summary>
    public required string Owner { get; init; }

    /// <summary>Why that is so, one sentence.</summary>
    public required string OwnerReason { get; init; }

    /// <summary>"free", "busy", "quarantined", "observed", "unreadable".</summary>
    public required string State { get; init; }

    /// <summary>What it speaks, as "vvvv:tt"; empty when discovery has not run.</summary>
    public IReadOnlyList<string> Features { get; init => field = value ?? []; } = [];

    /// <summary>Why discovery has not run or failed; null when it succeeded.</summary>
    public string? DiscoveryNote { get; init; }
}
