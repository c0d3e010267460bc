using Fleet.Pci;

namespace Fleet.Contracts;

/// <summary>A mailbox as the API shows it.</summary>
public sealed record MailboxView
{
    /// <summary>Function id, a dash, and the offset as three hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>Its host.</summary>
    public required HostId Host { get; init; }

    /// <summary>Its host's name.</summary>
    public required string HostName { get; init; }

    /// <summary>Its function's address.</summary>
    public required PciAddress Address { get; init; }

    /// <summary>Its function.</summary>
    public required FunctionId Function { get; init; }

    /// <summary>Offset of the DOE capability.</summary>
    public required int Offset { get; init; }

    /// <summary>What it speaks.</summary>
    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>Who may drive it.</summary>
    public required string Owner { get; init; }

    /// <summary>Why.</summary>
    public required string OwnerReason { get; init; }

    /// <summary>Its state.</summary>
    public required string State { get; init; }

    /// <summary>Why discovery has not run or failed; null when it succeeded.</summary>
    public string? DiscoveryNote { get; init; }
}
