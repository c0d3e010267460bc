using Fleet.Spdm.Sessions;

namespace Fleet.Spdm.Requesting;

/// <summary>A step after the negotiation; what its action has no use for stays zero or empty.</summary>
public sealed record PlanStep(PlanAction Action)
{
    /// <summary>Slot of the chain or the key, 0 to 7, or 0xF for a provisioned key.</summary>
    public byte Slot { get; init; }

    /// <summary>CHALLENGE: summary of measurements, 0 none, 1 TCB, 0xFF all.</summary>
    public byte Summary { get; init; }

    /// <summary>GET_MEASUREMENTS: bit 0 signature, 1 raw (1.2), 2 new (left out below 1.3). END_SESSION: bit 0 clears the negotiated state.</summary>
    public byte Attributes { get; init; }

    /// <summary>GET_MEASUREMENTS: 0 count, 0xFF all, else an index.</summary>
    public byte Operation { get; init; }

    /// <summary>32 bytes made for this step alone.</summary>
    public ReadOnlyMemory<byte> Nonce { get; init; }

    /// <summary>KEY_EXCHANGE: the requester's half; its group must be the one that is selected.</summary>
    public IKeyAgreement? Agreement { get; init; }

    /// <summary>KEY_EXCHANGE: the session policy (1.2).</summary>
    public byte SessionPolicy { get; init; }

    /// <summary>Eight bytes that the responder echoes (1.3).</summary>
    public ReadOnlyMemory<byte> Context { get; init; } = new byte[8];
}
