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
}
