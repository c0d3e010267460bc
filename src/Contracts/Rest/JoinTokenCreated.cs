namespace Fleet.Contracts;

/// <summary>A new join token. The only answer that ever carries the token itself.</summary>
/// <param name="Token">The token as agents take it.</param>
/// <param name="Server">Address of the port that agents talk to ("https://fleet.example.net:8443").</param>
/// <param name="View">What lists show of it from now on.</param>
/// <param name="Warnings">What is risky about it (a long life, many uses), one sentence each.</param>
public sealed record JoinTokenCreated(string Token, string Server, JoinTokenView View, IReadOnlyList<string>? Warnings = null);
