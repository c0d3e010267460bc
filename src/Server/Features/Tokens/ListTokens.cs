using System.ComponentModel;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Tokens;
using Fleet.Server.Http;
using Fleet.Server.Identity.ApiTokens;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.Tokens;

internal static class ListTokens
{
    public static void Map(RouteGroupBuilder tokens) =>
        tokens.MapGet("/", HandleAsync).WithName("listApiTokens").WithSummary("API tokens, newest first unless sorted otherwise, without their secrets")
            .WithDescription("active=true gives those that let somebody in now, active=false those that ended. parent=ID gives those that a token made. " + Columns(null).Sentence);

    private static SortColumns<ApiToken> Columns(TokenUses? uses) => new SortColumns<ApiToken>()
        .Text("name", token => token.Name)
        .Text("author", token => token.Creator)
        .Time("made", token => token.Created)
        .Time("used", token => uses?.Latest(token))
        .Time("expires", token => token.Expires);

    // Identities are version 7 UUIDs: their order is that of creation.
    private static async Task<Results<Ok<Page<ApiTokenView>>, ProblemHttpResult>> HandleAsync(
        int? limit,
        string? cursor,
        [Description("What the whole list is ordered by, with a dash before it for descending")] string? sort,
        bool? active,
        [Description("Only what this token made")] string? parent,
        FleetDb db,
        TokenUses uses,
        TimeProvider time,
        CancellationToken ct)
    {
        if (Lists.Check(limit, Lists.MaxLimit, cursor, out string? after) is { } wrong)
        {
            return Problems.Invalid(wrong);
        }

        if (!Columns(uses).TryParse(sort, out Sorting<ApiToken>? sorting, out string? unknown))
        {
            return Problems.Invalid(unknown);
        }

        if (SortCursor.Read(after, sorting?.Name, out SortCursor? place) is { } foreign)
        {
            return Problems.Invalid(foreign);
        }

        int size = limit ?? Lists.DefaultLimit;
        DateTimeOffset now = time.GetUtcNow();
        IQueryable<ApiToken> tokens = db.Set<ApiToken>().AsNoTracking();
        if (active is { } wanted)
        {
            tokens = tokens.Where(token => (token.Revoked == null && (token.Expires == null || token.Expires > now)) == wanted);
        }

        if (parent is not null)
        {
            tokens = tokens.Where(token => token.Parent == parent);
        }

        if (sorting is not null)
        {
            List<ApiToken> all = await tokens.OrderByDescending(token => token.Id).ToListAsync(ct);
            (IReadOnlyList<ApiToken> page, string? more) = Lists.Page(all, sorting, place, size, token => token.Id);
            return TypedResults.Ok(new Page<ApiTokenView>([.. page.Select(row => TokenViews.Of(row, uses, now))], more, all.Count));
        }

        List<ApiToken> rows = await (after is null ? tokens : tokens.Where(token => string.Compare(token.Id, after) < 0))
            .OrderByDescending(token => token.Id).Take(size + 1).ToListAsync(ct);
        string? next = rows.Count > size ? Lists.Encode(rows[size - 1].Id) : null;
        return TypedResults.Ok(new Page<ApiTokenView>([.. rows.Take(size).Select(row => TokenViews.Of(row, uses, now))], next, await tokens.CountAsync(ct)));
    }
}
