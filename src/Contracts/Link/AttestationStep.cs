namespace Fleet.Contracts;

/// <summary>A step of an attestation after the negotiation. Numbers are those of DSP0274; what an action has no use for stays zero or null.</summary>
public sealed record AttestationStep
{
    /// <summary>What is asked.</summary>
    public required AttestationAction Action { get; init; }

    /// <summary>Slot of the chain or the key, 0 to 7, or 15 for a provisioned key.</summary>
    public int Slot { get; init; }

    /// <summary>CHALLENGE: summary of measurements, 0 none, 1 TCB, 255 all.</summary>
    public int Summary { get; init; }

    /// <summary>GET_MEASUREMENTS: bit 0 signature, 1 raw (1.2), 2 new (1.3).</summary>
    public int Attributes { get; init; }

    /// <summary>GET_MEASUREMENTS: 0 count, 255 all, else an index.</summary>
    public int Operation { get; init; }

    /// <summary>32 bytes made for this step alone, base64; null where the step has none.</summary>
    public string? Nonce { get; init; }

    /// <summary>Eight bytes that the device echoes (1.3), base64; null where the step has none.</summary>
    public string? Context { get; init; }
}
