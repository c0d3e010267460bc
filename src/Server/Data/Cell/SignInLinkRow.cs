namespace Fleet.Server.Data.Cell;

/// <summary>A link that signs one browser in, once. The link itself is known to who may read the server's data directory.</summary>
internal sealed class SignInLinkRow
{
    /// <summary>SHA-256 of the link's token, lower-case hexadecimal.</summary>
    public required string Hash { get; init; }

    public DateTimeOffset Expires { get; init; }

    /// <summary>The role that it signs in with.</summary>
    public required string Role { get; init; }

    /// <summary>Whom it signs in.</summary>
    public required string Name { get; init; }

    /// <summary>Who made it; empty for the one that a server makes for its data directory.</summary>
    public string Creator { get; init; } = "";
}
