using Fleet.Pci;

namespace Fleet.Contracts;

/// <summary>Where a function stands, as lists show it.</summary>
public sealed record AttestationView
{
    /// <summary>The function.</summary>
    public required FunctionId Function { get; init; }

    /// <summary>Its host.</summary>
    public required HostId Host { get; init; }

    /// <summary>Its host's name.</summary>
    public required string HostName { get; init; }

    /// <summary>Its address on the host.</summary>
    public required PciAddress Address { get; init; }

    /// <summary>Vendor id, four hexadecimal digits.</summary>
    public required string VendorId { get; init; }

    /// <summary>Device id, four hexadecimal digits.</summary>
    public required string DeviceId { get; init; }

    /// <summary>Device's name; null when unknown.</summary>
    public string? DeviceName { get; init; }

    /// <summary>Where it stands now.</summary>
    public required AttestationState State { get; init; }

    /// <summary>Why, one sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>The check that the state rests on ("measurements"); null where none failed or is unproven.</summary>
    public string? Check { get; init; }

    /// <summary>Since when it has been in this state.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When the evidence came that the state rests on; null where there is none.</summary>
    public DateTimeOffset? EvidenceAt { get; init; }

    /// <summary>The attestation that the state rests on; null where there is none.</summary>
    public string? Attestation { get; init; }

    /// <summary>The reference values that apply; null where none do.</summary>
    public string? Profile { get; init; }

    /// <summary>Since when it is in quarantine; null when it is not. Only an audited release ends it.</summary>
    public DateTimeOffset? Quarantined { get; init; }

    /// <summary>SHA-256 of the pinned identity certificate, hexadecimal; null where none is pinned.</summary>
    public string? Identity { get; init; }

    /// <summary>The attestation under way; null where none is.</summary>
    public string? Open { get; init; }

    /// <summary>When the next one is due; null where none is planned.</summary>
    public DateTimeOffset? Next { get; init; }
}
