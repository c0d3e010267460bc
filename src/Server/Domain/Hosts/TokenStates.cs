namespace Fleet.Server.Domain.Hosts;

/// <summary>The states of a join token, as the API names them.</summary>
internal static class TokenStates
{
    public const string Active = "active";
    public const string UsedUp = "used-up";
    public const string Expired = "expired";
    public const string Revoked = "revoked";

    /// <summary>What ended it comes in the order in which an operator would say it: revoked, used up, expired.</summary>
    public static string Of(bool revoked, int used, int uses, DateTimeOffset expires, DateTimeOffset now) =>
        revoked ? Revoked : used >= uses ? UsedUp : expires <= now ? Expired : Active;
}
