namespace Fleet.Spdm.Sessions;

/// <summary>The requester's half of a key exchange. Whoever holds it can read the session, so that it comes with the plan and the verifier has it too.</summary>
public interface IKeyAgreement
{
    /// <summary>What KEY_EXCHANGE carries: a point's coordinates, each of fixed length, big-endian.</summary>
    ReadOnlyMemory<byte> ExchangeData { get; }

    /// <summary>The shared secret, of fixed length with leading zeros kept; null where the peer's data is no point of the curve.</summary>
    byte[]? Secret(ReadOnlyMemory<byte> peer);
}
