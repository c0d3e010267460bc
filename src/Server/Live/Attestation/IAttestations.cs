using Fleet.Contracts;

namespace Fleet.Server.Live.Attestation;

/// <summary>Attestations under way. The border between those who ask for them, the agents' hub and the verifier.</summary>
internal interface IAttestations
{
    /// <summary>Begins one, or answers with the one that is under way.</summary>
    /// <param name="author">Who asked; null for the schedule.</param>
    /// <returns>The attestation, or why there can be none.</returns>
    Task<(AttestationStarted? Started, string? Refusal)> StartAsync(FunctionId function, string trigger, string? author, CancellationToken ct);

    /// <summary>Stores what an agent sent and concludes from it. Repeats change nothing.</summary>
    /// <returns>Whether there was such an attestation of that host.</returns>
    Task<bool> AcceptAsync(HostId host, EvidenceReport report, CancellationToken ct);

    /// <summary>The host's jobs that wait for evidence.</summary>
    Task<IReadOnlyList<AttestationJob>> OpenJobsAsync(HostId host, CancellationToken ct);
}
