// API tokens: permissions of programs. Made, listed and revoked here; judged in Identity/ApiTokens at every request.
using Fleet.Contracts;
using Fleet.Server.Identity;

namespace Fleet.Server.Features.Tokens;

internal static class TokensFeature
{
    public static void MapTokens(this RouteGroupBuilder api)
    {
        RouteGroupBuilder read = api.MapGroup("/tokens").WithTags("Tokens").Needs(Scopes.TokensRead);
        RouteGroupBuilder change = api.MapGroup("/tokens").WithTags("Tokens").Needs(Scopes.TokensWrite);
        ListTokens.Map(read);
        GetToken.Map(read);
        CreateToken.Map(change);
        DeleteToken.Map(change);
    }
}
