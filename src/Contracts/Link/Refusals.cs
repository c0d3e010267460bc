namespace Fleet.Contracts;

/// <summary>Why the agents' port refuses an agent. A later server may have reasons that are not here.</summary>
public static class Refusals
{
    /// <summary>The certificate's time is over.</summary>
    public const string Expired = "expired";

    /// <summary>The certificate's time has not come.</summary>
    public const string NotYetValid = "not-yet-valid";

    /// <summary>The certificate is not of this server's authority, or not one for agents.</summary>
    public const string Foreign = "foreign";

    /// <summary>No host that this server knows has the certificate's key.</summary>
    public const string UnknownKey = "unknown-key";

    /// <summary>The certificate was renewed and its successor is in use.</summary>
    public const string Superseded = "superseded";

    /// <summary>The agent says that it is another host than its certificate's.</summary>
    public const string Swapped = "swapped";

    /// <summary>An operator took the host out; it may join again.</summary>
    public const string Evicted = "evicted";

    /// <summary>An operator took the host out; it may not join again.</summary>
    public const string Banned = "banned";

    /// <summary>The intermediate authority that issued the certificate is retired.</summary>
    public const string RetiredIssuer = "retired-issuer";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Expired, NotYetValid, Foreign, UnknownKey, Superseded, Swapped, Evicted, Banned, RetiredIssuer];

    /// <summary>Whether joining again with a new token can help.</summary>
    public static bool JoiningHelps(string reason) => reason is Expired or UnknownKey or Superseded or Evicted or RetiredIssuer or Foreign;
}
