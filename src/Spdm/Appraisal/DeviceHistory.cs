using System.Collections.Immutable;

namespace Fleet.Spdm.Appraisal;

/// <summary>What is known of a device before the run: inventory, pin and floors of earlier runs. Empty for a first sight.</summary>
public sealed record DeviceHistory
{
    /// <summary>The name by identity registers that PCIe CMA gives, from the inventory; null where there is none to compare.</summary>
    public string? CmaName { get; init; }

    /// <summary>The function's device serial number from the inventory, 16 hexadecimal digits; null where it has none or it is not known.</summary>
    public string? SerialNumber { get; init; }

    /// <summary>SHA-256 of the pinned hardware identity certificate.</summary>
    public ReadOnlyMemory<byte> Pin { get; init; }

    /// <summary>Where else the identity is known to be, in words; null where nowhere.</summary>
    public Func<string, string?>? KnownElsewhere { get; init; }

    /// <summary>The highest version it has spoken.</summary>
    public SpdmVersion? Version { get; init; }

    /// <summary>The highest secure version number by measurement index.</summary>
    public ImmutableDictionary<byte, ulong> SecureVersions { get; init; } = ImmutableDictionary<byte, ulong>.Empty;

    /// <summary>The slots that were provisioned.</summary>
    public byte Slots { get; init; }

    /// <summary>Whether it has signed measurements before.</summary>
    public bool SignedBefore { get; init; }
}
