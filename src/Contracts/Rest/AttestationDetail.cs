namespace Fleet.Contracts;

/// <summary>One attestation: what was asked, what came, and what it comes to.</summary>
public sealed record AttestationDetail
{
    /// <summary>Identity, 32 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>The function.</summary>
    public required FunctionId Function { get; init; }

    /// <summary>Its host's name.</summary>
    public required string HostName { get; init; }

    /// <summary>How far it has come.</summary>
    public required AttestationPhase Phase { get; init; }

    /// <summary>What it comes to; unknown while it is open.</summary>
    public required AttestationState Verdict { get; init; }

    /// <summary>Why, one sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>What it was made for ("first-sight", "schedule", "boot", "inventory", "reset", "request", "replan", "release").</summary>
    public required string Trigger { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When its nonces expire, or expired.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>When its evidence came; null where none did.</summary>
    public DateTimeOffset? EvidenceAt { get; init; }

    /// <summary>When it was last appraised; null where it was not. Stored evidence is appraised again when reference values change.</summary>
    public DateTimeOffset? AppraisedAt { get; init; }

    /// <summary>The reference values it was held against; null where none applied.</summary>
    public string? Profile { get; init; }

    /// <summary>The checks, in order; empty where nothing was appraised.</summary>
    public IReadOnlyList<AttestationCheck> Checks { get; init; } = [];

    /// <summary>The measurements that were signed; empty where none were.</summary>
    public IReadOnlyList<MeasurementView> Measurements { get; init; } = [];

    /// <summary>The first measurement that differs; null where none does.</summary>
    public MeasurementView? FirstDifference { get; init; }

    /// <summary>SPDM version spoken ("1.2"); null where nothing was negotiated.</summary>
    public string? Version { get; init; }

    /// <summary>Signature and hash ("ECDSA P-256 with SHA-256"); null where nothing was negotiated.</summary>
    public string? Algorithms { get; init; }

    /// <summary>SHA-256 of the identity certificate, hexadecimal; null where none was verified.</summary>
    public string? Identity { get; init; }

    /// <summary>The certificate's name of the device (manufacturer:product:serial); null where it has none.</summary>
    public string? DeviceName { get; init; }

    /// <summary>SHA-256 of the evidence, hexadecimal; null where there is none.</summary>
    public string? EvidenceHash { get; init; }

    /// <summary>Size of the evidence in bytes.</summary>
    public int EvidenceBytes { get; init; }

    /// <summary>Until when the evidence is kept at least; null where there is none.</summary>
    public DateTimeOffset? EvidenceKept { get; init; }

    /// <summary>What the agent said of the run; nothing rests on it.</summary>
    public string? AgentSaid { get; init; }
}
