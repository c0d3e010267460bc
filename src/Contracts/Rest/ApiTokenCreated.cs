namespace Fleet.Contracts;

/// <summary>A new API token. The only answer that ever carries the token itself.</summary>
/// <param name="Token">The token, as it goes after "Authorization: Bearer ".</param>
/// <param name="View">What lists show of it from now on.</param>
/// <param name="Warnings">What is risky about it (no end, that it makes more tokens), one sentence each.</param>
public sealed record ApiTokenCreated(string Token, ApiTokenView View, IReadOnlyList<string>? Warnings = null);
