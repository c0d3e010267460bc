using System.Globalization;
using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Data;
using Fleet.Server.Http;
using Fleet.Server.Http.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.Rollouts;

internal static class GetRollouts
{
    // A rollout brings all of its hosts: so many are in memory at a time, however many there are.
    private const int Chunk = 32;

    public static void Map(RouteGroupBuilder rollouts)
    {
        rollouts.MapGet("/", ListAsync).WithName("listRollouts").WithSummary("Rollouts, the newest first unless sorted otherwise").WithDescription(SortRollouts.Columns.Sentence);
        rollouts.MapGet("/{id}", ItemAsync).WithName("getRollout").WithSummary("A rollout with its waves and hosts").Tagged();
    }

    private static async Task<Results<Ok<Page<RolloutView>>, ProblemHttpResult>> ListAsync(
        [AsParameters] SortedRequest request, FleetDb db, RolloutViews views, CancellationToken ct)
    {
        if (Lists.Check(request.Limit, Lists.MaxLimit, request.Cursor, out string? cursor) is { } wrong)
        {
            return Problems.Invalid(wrong);
        }

        if (!RolloutSelectable.Fields.TryParse(request.Q, out Selector? selector, out ProblemHttpResult? problem))
        {
            return problem;
        }

        if (!SortRollouts.Columns.TryParse(request.Sort, out Sorting<RolloutRow>? sorting, out string? unknown))
        {
            return Problems.Invalid(unknown);
        }

        if (SortCursor.Read(cursor, sorting?.Name, out SortCursor? after) is { } foreign)
        {
            return Problems.Invalid(foreign);
        }

        int limit = request.Limit ?? Lists.DefaultLimit;
        if (sorting is not null)
        {
            return TypedResults.Ok(await SortRollouts.PageAsync(db, views, string.IsNullOrWhiteSpace(request.Q) ? null : selector, sorting, after, limit, ct));
        }

        long before = long.MaxValue;
        if (!string.IsNullOrEmpty(cursor) && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out before))
        {
            return Problems.Invalid("cursor is not one that this server gave out; begin again without it.");
        }

        List<(long Number, RolloutView View)> found = [];
        bool more = true;
        while (more && found.Count <= limit)
        {
            List<RolloutRow> rows = await db.Rollouts.AsNoTracking().Include(rollout => rollout.Targets)
                .Where(rollout => rollout.Number < before).OrderByDescending(rollout => rollout.Number).Take(Chunk).ToListAsync(ct);
            found.AddRange(rows.Select(row => (row.Number, View: views.Of(row))).Where(item => selector.Matches(new RolloutSelectable(item.View))));
            more = rows.Count == Chunk;
            before = rows.Count > 0 ? rows[^1].Number : before;
        }

        string? next = found.Count > limit ? Lists.Encode(found[limit - 1].Number.ToString(CultureInfo.InvariantCulture)) : null;
        long? total = string.IsNullOrWhiteSpace(request.Q) ? await db.Rollouts.CountAsync(ct) : string.IsNullOrEmpty(cursor) && next is null ? found.Count : null;
        return TypedResults.Ok(new Page<RolloutView>([.. found.Take(limit).Select(item => item.View)], next, total));
    }

    private static async Task<Results<Ok<RolloutView>, ProblemHttpResult>> ItemAsync(
        string id, FleetDb db, RolloutViews views, HttpResponse response, CancellationToken ct)
    {
        RolloutRow? row = await db.Rollouts.AsNoTracking().Include(rollout => rollout.Targets).FirstOrDefaultAsync(rollout => rollout.Id == id, ct);
        if (row is null)
        {
            return Problems.NotFound($"There is no rollout '{id}'.");
        }

        EntityTag.Write(response, row.Version);
        return TypedResults.Ok(views.Of(row));
    }
}
