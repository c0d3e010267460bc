using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.JoinTokens;

internal static class ListJoinTokens
{
    public static void Map(RouteGroupBuilder tokens) =>
        tokens.MapGet("/", HandleAsync).WithName("listJoinTokens").WithSummary("Join tokens, newest first, without their secrets").WithDescription("active=true gives those that admit hosts now, active=false those that ended.");

    // Identities are version 7 UUIDs: their order is that of creation.
    private static async Task<Results<Ok<Page<JoinTokenView>>, ProblemHttpResult>> HandleAsync(
        int? limit, string? cursor, bool? active, FleetDb db, TimeProvider time, CancellationToken ct)
    {
        if (Lists.Check(limit, Lists.MaxLimit, cursor, out string? after) is { } wrong)
        {
            return Problems.Invalid(wrong);
        }

        int size = limit ?? Lists.DefaultLimit;
        DateTimeOffset now = time.GetUtcNow();
        IQueryable<JoinToken> tokens = db.JoinTokens.AsNoTracking();
        if (active is { } wanted)
        {
            tokens = tokens.Where(token => (token.Revoked == null && token.Used < token.Uses && token.Expires > now) == wanted);
        }

        List<JoinToken> rows = await (after is null ? tokens : tokens.Where(token => string.Compare(token.Id, after) < 0))
            .OrderByDescending(token => token.Id).Take(size + 1).ToListAsync(ct);
        string? next = rows.Count > size ? Lists.Encode(rows[size - 1].Id) : null;
        return TypedResults.Ok(new Page<JoinTokenView>([.. rows.Take(size).Select(row => JoinTokenViews.Of(row, now))], next, await tokens.CountAsync(ct)));
    }
}
