using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Domain.Hosts;

namespace Fleet.Server.Features.JoinTokens;

internal static class JoinTokenViews
{
    public static JoinTokenView Of(JoinToken token, DateTimeOffset now) => new()
    {
        Id = token.Id,
        State = TokenStates.Of(token.Revoked is not null, token.Used, token.Uses, token.Expires, now),
        Note = token.Note,
        Uses = token.Uses,
        Used = token.Used,
        Author = token.Creator,
        Created = token.Created,
        Expires = token.Expires,
        Labels = JsonSerializer.Deserialize<SortedDictionary<string, string>>(token.Labels, FleetJson.Options)!,
        LastUsed = token.LastUsed,
        Revoked = token.Revoked,
        RevokedBy = token.RevokedBy,
    };
}
