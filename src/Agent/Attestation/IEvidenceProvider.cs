namespace Fleet.Agent.Attestation;

/// <summary>A way to evidence about a function: SPDM over a mailbox or a socket, or what the kernel says of it.</summary>
internal interface IEvidenceProvider
{
    /// <summary>Its name in reports.</summary>
    string Name { get; }

    /// <summary>Brings what there is. How it went is in the run; nothing but the token ends it with an exception.</summary>
    Task<AttestationRun> RunAsync(AttestationRequest request, CancellationToken ct);
}
