using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.Policies;

internal static class ListPolicies
{
    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/policies", HandleAsync).WithName("listPolicies").WithSummary("Policies, each with its latest revision");

    private static async Task<Results<Ok<Page<PolicyView>>, ProblemHttpResult>> HandleAsync(
        [AsParameters] ListRequest request, FleetDb db, PolicyViews views, CancellationToken ct)
    {
        List<PolicyRevisionRow> revisions = await db.LatestRevisions().AsNoTracking().ToListAsync(ct);
        return Lists.Answer(
            request, PolicySelectable.Fields, revisions.Select(views.Of), view => new PolicySelectable(view), view => view.Name);
    }
}
