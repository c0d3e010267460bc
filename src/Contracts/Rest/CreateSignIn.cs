namespace Fleet.Contracts;

/// <summary>Asks for a link that signs somebody in to the dashboard, once.</summary>
/// <param name="Role">As what: one of <see cref="Roles"/>, none of whose scopes the maker lacks.</param>
/// <param name="Name">Whom: what the audit trail will say, 1 to 64 letters, digits, '-', '_', '.', '@'. The role when not given.</param>
/// <param name="TtlSeconds">How long the link works, 60 s to 7 days.</param>
public sealed record CreateSignIn(string Role, string? Name = null, int TtlSeconds = 3600);
