using Fleet.Pci;

namespace Fleet.Contracts;

/// <summary>
/// An attestation that the server asks an agent for: all that may be said to the device, down to the byte. The agent carries it out as it is and
/// answers with <see cref="IAgentHub.PushEvidence"/>. The same job may come twice (after a reconnect); it is the same run.
/// </summary>
public sealed record AttestationJob
{
    /// <summary>Identity, 32 hexadecimal digits; evidence comes back under it.</summary>
    public required string Id { get; init; }

    /// <summary>The function to attest.</summary>
    public required PciAddress Function { get; init; }

    /// <summary>Offset of the DOE capability to use; null for the agent's choice among those that speak SPDM.</summary>
    public int? Mailbox { get; init; }

    /// <summary>The versions that may be spoken, each once; the best one in common is to be taken.</summary>
    public required IReadOnlyList<AttestationNegotiation> Negotiations { get; init; }

    /// <summary>The steps after the negotiation, in order.</summary>
    public required IReadOnlyList<AttestationStep> Steps { get; init; }

    /// <summary>The length that GET_CERTIFICATE asks for first; later ones ask for what remains, if that is less.</summary>
    public int PortionSize { get; init; }

    /// <summary>Whether chains are read by 32-bit offsets where version (1.4) and device allow it.</summary>
    public bool LargeChains { get; init; }

    /// <summary>What the run may cost.</summary>
    public required AttestationBudget Budget { get; init; }

    /// <summary>When the nonces expire, by the server's clock; evidence that comes later proves nothing.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>How long after it was sent the nonces live. An agent counts this from receipt, so that its own clock does not matter.</summary>
    public required int LifetimeMilliseconds { get; init; }
}
