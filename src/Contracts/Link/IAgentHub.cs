namespace Fleet.Contracts;

/// <summary>What an agent may call on the server. Method names are the wire's.</summary>
public interface IAgentHub
{
    /// <summary>Says who is there. Must be the first call of a connection.</summary>
    Task<HelloReply> Hello(HelloMessage message);

    /// <summary>Replaces the host's inventory.</summary>
    Task ReportInventory(InventoryReport report);

    /// <summary>Replaces the host's changing state: claims, mailboxes, applied policies.</summary>
    Task ReportState(StateReport report);

    /// <summary>Stores events; returns after they are committed. Repeats change nothing.</summary>
    Task<BatchAcknowledgement> PushEvents(EventBatch batch);

    /// <summary>The host's assignment, or null when the agent's tag is still current.</summary>
    Task<SignedAssignment?> FetchAssignment(string? tag);

    /// <summary>Stores what an attestation brought; returns after it is committed. Repeats change nothing.</summary>
    Task<EvidenceAcknowledgement> PushEvidence(EvidenceReport report);

    /// <summary>Issues the host's next certificate (version <see cref="LinkProtocol.RenewalSince"/>). The present one stays good until the next has been used.</summary>
    Task<RenewReply> RenewCertificate(RenewRequest request);
}
