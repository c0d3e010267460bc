namespace Fleet.Contracts;

/// <summary>A new join token. The only answer that ever carries the token itself.</summary>
/// <param name="Token">The token as agents take it.</param>
/// <param name="Server">Address of the port that agents talk to ("https://fleet.example.net:8443").</param>
/// <param name="View">What lists show of it from now on.</param>
public sealed record JoinTokenCreated(string Token, string Server, JoinTokenView View);
