namespace Fleet.Contracts;

/// <summary>An attestation was asked for; it is under way.</summary>
/// <param name="Id">The attestation: /attestations/ID.</param>
/// <param name="Expires">When its nonces expire.</param>
public sealed record AttestationStarted(string Id, DateTimeOffset Expires);
