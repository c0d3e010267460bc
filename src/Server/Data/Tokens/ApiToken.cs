namespace Fleet.Server.Data.Tokens;

/// <summary>A program's permission to call the API, as fleet.db keeps it: the secret itself is known to its bearer alone. Rows are never deleted, so that what a token did can be traced.</summary>
internal sealed class ApiToken
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>SHA-256 of the secret, lower-case hexadecimal.</summary>
    public required string SecretHash { get; init; }

    /// <summary>What it may do: names of scopes with a space between them. They do not change, not even when a role that they were taken from does.</summary>
    public required string Scopes { get; init; }

    /// <summary>Who made it, as the audit trail names them.</summary>
    public required string Creator { get; init; }

    /// <summary>The token that made it; null where somebody with a role did.</summary>
    public string? Parent { get; init; }

    public DateTimeOffset Created { get; init; }

    /// <summary>When it ends; null for never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The minute in which it was last used; written after it, at most once a minute.</summary>
    public DateTimeOffset? LastUsed { get; set; }

    public DateTimeOffset? Revoked { get; set; }

    public string? RevokedBy { get; set; }
}
