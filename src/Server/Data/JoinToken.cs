namespace Fleet.Server.Data;

/// <summary>A permission to join, as fleet.db keeps it: the secret itself is known to its bearer alone.</summary>
internal sealed class JoinToken
{
    public required string Id { get; init; }

    /// <summary>SHA-256 of the secret, lower-case hexadecimal.</summary>
    public required string SecretHash { get; init; }

    public string? Note { get; init; }

    public int Uses { get; init; }

    public int Used { get; set; }

    public required string Creator { get; init; }

    public DateTimeOffset Created { get; init; }

    public DateTimeOffset Expires { get; init; }

    /// <summary>JSON object of the labels that its hosts get.</summary>
    public string Labels { get; init; } = "{}";

    /// <summary>When it last admitted a host.</summary>
    public DateTimeOffset? LastUsed { get; set; }

    /// <summary>When it was revoked. The row stays, so that its hosts can be traced to who made it.</summary>
    public DateTimeOffset? Revoked { get; set; }

    public string? RevokedBy { get; set; }
}
