// Permissions to join: made here, used at /enroll. Every host names the token that admitted it and who made that; tokens are never forgotten.
using Fleet.Contracts;
using Fleet.Server.Identity;

namespace Fleet.Server.Features.JoinTokens;

internal static class JoinTokensFeature
{
    public static void MapJoinTokens(this RouteGroupBuilder api)
    {
        RouteGroupBuilder read = api.MapGroup("/join-tokens").WithTags("Join tokens").Needs(Scopes.JoinTokensRead);
        RouteGroupBuilder change = api.MapGroup("/join-tokens").WithTags("Join tokens").Needs(Scopes.JoinTokensWrite);
        ListJoinTokens.Map(read);
        GetJoinToken.Map(read);
        CreateJoinToken.Map(change);
        DeleteJoinToken.Map(change);
    }
}
