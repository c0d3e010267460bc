namespace Fleet.Contracts;

/// <summary>An API token as lists show it: never its secret.</summary>
public sealed record ApiTokenView
{
    /// <summary>Identity of the token; not its secret. It stands in the token after "pft_".</summary>
    public required string Id { get; init; }

    /// <summary>What its maker called it.</summary>
    public required string Name { get; init; }

    /// <summary>"active", "expired" or "revoked".</summary>
    public required string State { get; init; }

    /// <summary>What it may do.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Who made it, as the audit trail names them.</summary>
    public required string Author { get; init; }

    /// <summary>The token that made it; null where somebody with a role did.</summary>
    public string? Parent { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it ends; null for never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The minute in which it was last used; null when it never was.</summary>
    public DateTimeOffset? LastUsed { get; init; }

    /// <summary>When it was revoked; null when it was not.</summary>
    public DateTimeOffset? Revoked { get; init; }

    /// <summary>Who revoked it.</summary>
    public string? RevokedBy { get; init; }
}
