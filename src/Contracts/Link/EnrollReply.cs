namespace Fleet.Contracts;

/// <summary>What a host gets when it joins.</summary>
/// <param name="Host">Its identity.</param>
/// <param name="Certificate">Its certificate, base64 of DER.</param>
/// <param name="Authority">The server's CA certificate, base64 of DER.</param>
/// <param name="PolicyKey">Public key that signs assignments, base64 of SubjectPublicKeyInfo (ECDSA P-256).</param>
/// <param name="RenewAt">When the certificate should be renewed, by the server's clock; null from a server that does not renew.</param>
/// <param name="PolicyKeys">
/// The keys that sign assignments, as the root says it: they count instead of <paramref name="PolicyKey"/>, which is for agents before version
/// <see cref="LinkProtocol.PolicyKeysSince"/>. Null while none was ever replaced.
/// </param>
public sealed record EnrollReply(
    HostId Host, string Certificate, string Authority, string PolicyKey, DateTimeOffset? RenewAt = null, SignedPolicyKeys? PolicyKeys = null);
