namespace Fleet.Contracts;

/// <summary>A host's next certificate. The present one stays good until this one has been used.</summary>
/// <param name="Certificate">The certificate, base64 of DER.</param>
/// <param name="RenewAt">When it should be renewed in turn, by the server's clock.</param>
public sealed record RenewReply(string Certificate, DateTimeOffset RenewAt);
