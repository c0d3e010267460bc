using Fleet.Contracts;
using Fleet.Server.Data.Tokens;
using Fleet.Server.Domain.Access;
using Fleet.Server.Identity.ApiTokens;

namespace Fleet.Server.Features.Tokens;

internal static class TokenViews
{
    public static ApiTokenView Of(ApiToken token, TokenUses uses, DateTimeOffset now) => new()
    {
        Id = token.Id,
        Name = token.Name,
        State = ApiTokenStates.Of(token.Revoked is not null, token.Expires, now),
        Scopes = token.Scopes.Split(' '),
        Author = token.Creator,
        Parent = token.Parent,
        Created = token.Created,
        Expires = token.Expires,
        LastUsed = uses.Latest(token),
        Revoked = token.Revoked,
        RevokedBy = token.RevokedBy,
    };
}
