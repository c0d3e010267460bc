namespace Fleet.Server.Domain.Access;

/// <summary>The states of an API token, as the API names them.</summary>
internal static class ApiTokenStates
{
    public const string Active = "active";
    public const string Expired = "expired";
    public const string Revoked = "revoked";

    public static string Of(bool revoked, DateTimeOffset? expires, DateTimeOffset now) => revoked ? Revoked : expires <= now ? Expired : Active;
}
