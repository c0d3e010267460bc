using System.Globalization;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.Rollouts;

internal static class GetRollouts
{
    public static void Map(RouteGroupBuilder rollouts)
    {
        rollouts.MapGet("/", ListAsync).WithName("listRollouts").WithSummary("Rollouts, the newest first");
        rollouts.MapGet("/{id}", ItemAsync).WithName("getRollout").WithSummary("A rollout with its waves and hosts");
    }

    private static async Task<Results<Ok<Page<RolloutView>>, ProblemHttpResult>> ListAsync(
        [AsParameters] ListRequest request, FleetDb db, RolloutViews views, CancellationToken ct)
    {
        List<RolloutRow> rows = await db.Rollouts.AsNoTracking().Include(rollout => rollout.Targets).ToListAsync(ct);
        Dictionary<string, string> order = rows.ToDictionary(row => row.Id, row => (long.MaxValue - row.Number).ToString("d19", CultureInfo.InvariantCulture));
        return Lists.Answer(
            request, RolloutSelectable.Fields, rows.Select(views.Of), view => new RolloutSelectable(view), view => order[view.Id]);
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
