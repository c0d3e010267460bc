using Fleet.Contracts;
using Fleet.Spdm.Appraisal;

namespace Fleet.Server.Data.Attestation;

/// <summary>Evidence as it came, byte for byte as it was serialised; never changed.</summary>
internal sealed class EvidenceRow
{
    public required string Attestation { get; init; }

    /// <summary>SHA-256 of <see cref="Report"/>, lower-case hexadecimal.</summary>
    public required string Hash { get; init; }

    /// <summary>JSON of the <see cref="EvidenceReport"/>, UTF-8.</summary>
    public required byte[] Report { get; init; }

    public DateTimeOffset Received { get; init; }

    public NonceState Nonces { get; init; }

    /// <summary>When it was first appraised; null until then, so that a server that was killed in between does it at its next start.</summary>
    public DateTimeOffset? Appraised { get; set; }

    public DateTimeOffset KeptUntil { get; set; }
}
