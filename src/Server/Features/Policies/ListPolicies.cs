using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.Policies;

internal static class ListPolicies
{
    private static readonly SortColumns<PolicyView> Columns = new SortColumns<PolicyView>()
        .Text("name", view => view.Name)
        .Number("mode", view => (long)view.Mode)
        .Number("priority", view => view.Priority)
        .Number("claims", view => view.Claims)
        .Number("hosts", view => view.MatchingHosts)
        .Text("author", view => view.Author)
        .Time("changed", view => view.Changed);

    public static void Map(RouteGroupBuilder api) => api.MapGet("/policies", HandleAsync).WithName("listPolicies")
        .WithSummary("Policies, each with its latest revision, by name unless sorted otherwise").WithDescription(Columns.Sentence);

    private static async Task<Results<Ok<Page<PolicyView>>, ProblemHttpResult>> HandleAsync(
        [AsParameters] SortedRequest request, FleetDb db, PolicyViews views, CancellationToken ct)
    {
        List<PolicyRevisionRow> revisions = await db.LatestRevisions().AsNoTracking().ToListAsync(ct);
        return Lists.Answer(
            request, PolicySelectable.Fields, revisions.Select(views.Of), view => new PolicySelectable(view), view => view.Name, Columns);
    }
}
