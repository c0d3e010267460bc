namespace Fleet.Contracts;

/// <summary>Asks for a token with which a program calls the REST interface.</summary>
/// <param name="Name">What the audit trail calls it: 1 to 64 letters, digits, '-', '_', '.', '@'. Two may have the same.</param>
/// <param name="Scopes">What it may do, names of <see cref="Contracts.Scopes"/>; none that its maker lacks.</param>
/// <param name="TtlSeconds">For how long, 60 s to 10 years; null for until it is revoked. Not for longer than the token that makes it.</param>
public sealed record CreateApiToken(string Name, IReadOnlyList<string> Scopes, long? TtlSeconds = null);
