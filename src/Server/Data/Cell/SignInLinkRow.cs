namespace Fleet.Server.Data.Cell;

/// <summary>A link that signs one browser in, once. The link itself is known to who may read the server's data directory.</summary>
internal sealed class SignInLinkRow
{
    /// <summary>SHA-256 of the link's token, lower-case hexadecimal.</summary>
    public required string Hash { get; init; }

    public DateTimeOffset Expires { get; init; }
}
