using System.ComponentModel;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.JoinTokens;

internal static class ListJoinTokens
{
    private static readonly SortColumns<JoinToken> Columns = new SortColumns<JoinToken>()
        .Text("note", token => token.Note)
        .Number("joined", token => token.Used)
        .Text("author", token => token.Creator)
        .Time("made", token => token.Created)
        .Time("used", token => token.LastUsed)
        .Time("expires", token => token.Expires);

    public static void Map(RouteGroupBuilder tokens) =>
        tokens.MapGet("/", HandleAsync).WithName("listJoinTokens").WithSummary("Join tokens, newest first unless sorted otherwise, without their secrets")
            .WithDescription("active=true gives those that admit hosts now, active=false those that ended. " + Columns.Sentence);

    // Identities are version 7 UUIDs: their order is that of creation.
    private static async Task<Results<Ok<Page<JoinTokenView>>, ProblemHttpResult>> HandleAsync(
        int? limit,
        string? cursor,
        [Description("What the whole list is ordered by, with a dash before it for descending")] string? sort,
        bool? active,
        FleetDb db,
        TimeProvider time,
        CancellationToken ct)
    {
        if (Lists.Check(limit, Lists.MaxLimit, cursor, out string? after) is { } wrong)
        {
            return Problems.Invalid(wrong);
        }

        if (!Columns.TryParse(sort, out Sorting<JoinToken>? sorting, out string? unknown))
        {
            return Problems.Invalid(unknown);
        }

        if (SortCursor.Read(after, sorting?.Name, out SortCursor? place) is { } foreign)
        {
            return Problems.Invalid(foreign);
        }

        int size = limit ?? Lists.DefaultLimit;
        DateTimeOffset now = time.GetUtcNow();
        IQueryable<JoinToken> tokens = db.JoinTokens.AsNoTracking();
        if (active is { } wanted)
        {
            tokens = tokens.Where(token => (token.Revoked == null && token.Used < token.Uses && token.Expires > now) == wanted);
        }

        if (sorting is not null)
        {
            List<JoinToken> all = await tokens.OrderByDescending(token => token.Id).ToListAsync(ct);
            (IReadOnlyList<JoinToken> page, string? more) = Lists.Page(all, sorting, place, size, token => token.Id);
            return TypedResults.Ok(new Page<JoinTokenView>([.. page.Select(row => JoinTokenViews.Of(row, now))], more, all.Count));
        }

        List<JoinToken> rows = await (after is null ? tokens : tokens.Where(token => string.Compare(token.Id, after) < 0))
            .OrderByDescending(token => token.Id).Take(size + 1).ToListAsync(ct);
        string? next = rows.Count > size ? Lists.Encode(rows[size - 1].Id) : null;
        return TypedResults.Ok(new Page<JoinTokenView>([.. rows.Take(size).Select(row => JoinTokenViews.Of(row, now))], next, await tokens.CountAsync(ct)));
    }
}
