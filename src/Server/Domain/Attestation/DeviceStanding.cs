using System.Collections.Immutable;
using Fleet.Contracts;

namespace Fleet.Server.Domain.Attestation;

/// <summary>What is known of a function by its attestations so far. Immutable: a change makes another.</summary>
internal sealed record DeviceStanding
{
    public required FunctionId Function { get; init; }

    /// <summary>The verdict of the last evidence that said something; trusted, failed or unknown. Its age is not part of it: see <see cref="Standings"/>.</summary>
    public AttestationState Verdict { get; init; } = AttestationState.Unknown;

    public string Reason { get; init; } = "It has not been attested yet.";

    /// <summary>The check that the verdict rests on.</summary>
    public string? Check { get; init; }

    public required DateTimeOffset Since { get; init; }

    public DateTimeOffset? EvidenceAt { get; init; }

    public string? Attestation { get; init; }

    public string? Profile { get; init; }

    public int? ProfileRevision { get; init; }

    /// <summary>Why the last evidence does not speak of the present any more; null while it does.</summary>
    public string? Outdated { get; init; }

    /// <summary>What came of attempts after the last evidence that said something; null where none was made.</summary>
    public string? Attempt { get; init; }

    /// <summary>SHA-256 of the pinned identity certificate, hexadecimal.</summary>
    public string? Pin { get; init; }

    /// <summary>The highest version spoken, as its byte on the wire.</summary>
    public int? Version { get; init; }

    /// <summary>The highest secure version number by measurement index.</summary>
    public ImmutableSortedDictionary<int, ulong> SecureVersions { get; init; } = ImmutableSortedDictionary<int, ulong>.Empty;

    public int Slots { get; init; }

    public bool SignedBefore { get; init; }

    public DateTimeOffset? Quarantined { get; init; }

    public string? QuarantineReason { get; init; }

    public string? QuarantineAttestation { get; init; }

    /// <summary>The boot and the function's fingerprint that were last seen.</summary>
    public string? BootId { get; init; }

    public string? Fingerprint { get; init; }

    /// <summary>The last reset that its agent told of, by the host's clock.</summary>
    public DateTimeOffset? ResetAt { get; init; }

    /// <summary>When the next attestation is due, and what for.</summary>
    public DateTimeOffset? Due { get; init; }

    public string Trigger { get; init; } = Triggers.Schedule;

    /// <summary>Attempts in a row that said nothing.</summary>
    public int Failures { get; init; }

    /// <summary>The job that is under way, and until when.</summary>
    public string? Open { get; init; }

    public DateTimeOffset? OpenUntil { get; init; }
}
