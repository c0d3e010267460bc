namespace Fleet.Contracts;

/// <summary>The server's own authority, by which agents and server know each other.</summary>
/// <param name="Root">SHA-256 of the root certificate, lower-case hexadecimal; join tokens carry it.</param>
/// <param name="RootExpires">When the root expires.</param>
/// <param name="RootKeyHere">Whether the root's key lies in the server's data directory. It is needed only to prepare an intermediate.</param>
/// <param name="Intermediates">The intermediates, oldest first.</param>
/// <param name="PolicyKeys">The keys that sign assignments; null from a server that cannot replace them.</param>
public sealed record AuthorityView(
    string Root, DateTimeOffset RootExpires, bool RootKeyHere, IReadOnlyList<IntermediateView> Intermediates, PolicyKeysView? PolicyKeys = null);
