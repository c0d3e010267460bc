using Fleet.Contracts;

namespace Fleet.Server.Data.Attestation;

/// <summary>An attestation that was asked for. Its nonces are in the job; <see cref="Consumed"/> is set once, before anything is concluded from evidence.</summary>
internal sealed class AttestationRow
{
    public required string Id { get; init; }

    public HostId Host { get; init; }

    public required string Address { get; init; }

    public required string Trigger { get; init; }

    public DateTimeOffset Created { get; init; }

    public DateTimeOffset Expires { get; init; }

    /// <summary>JSON of the <see cref="AttestationJob"/>, as it was sent.</summary>
    public required string Job { get; init; }

    /// <summary>How many plans were made before it because they did not fit the device.</summary>
    public int Replans { get; init; }

    public string? Author { get; init; }

    public DateTimeOffset? Consumed { get; set; }

    public AttestationPhase Phase { get; set; }

    /// <summary>JSON of the <see cref="AttestationDetail"/> that the last appraisal made; null before it.</summary>
    public string? Detail { get; set; }
}
