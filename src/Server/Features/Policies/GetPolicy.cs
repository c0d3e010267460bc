using System.Globalization;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Http;
using Fleet.Server.Http.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.Policies;

/// <summary>A policy and its history. The ETag is the revision's number: it is what If-Match protects, not the counts of hosts beside it.</summary>
internal static class GetPolicy
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/policies/{name}", LatestAsync).WithName("getPolicy").WithSummary("A policy, with the ETag that a change of it needs").Tagged();
        api.MapGet("/policies/{name}/revisions", RevisionsAsync).WithName("listPolicyRevisions").WithSummary("A policy's revisions, the latest last");
        api.MapGet("/policies/{name}/revisions/{number:int}", RevisionAsync).WithName("getPolicyRevision").WithSummary("A revision; it never changes").Tagged();
    }

    private static async Task<Results<Ok<PolicyView>, ProblemHttpResult>> LatestAsync(
        string name, FleetDb db, PolicyViews views, HttpResponse response, CancellationToken ct)
    {
        if (await db.LatestRevisionAsync(name, ct) is not { } latest)
        {
            return await db.PolicyRevisions.AnyAsync(revision => revision.Policy == name, ct)
                ? Problems.NotFound($"Policy '{name}' was deleted; policies/{name}/revisions still tells what it was, and the audit trail by whom it was deleted.")
                : Unknown(name);
        }

        EntityTag.Write(response, latest.Number);
        return TypedResults.Ok(views.Of(latest));
    }

    private static async Task<Results<Ok<Page<PolicyView>>, ProblemHttpResult>> RevisionsAsync(
        string name, [AsParameters] ListRequest request, FleetDb db, PolicyViews views, CancellationToken ct)
    {
        List<PolicyRevisionRow> revisions = await db.PolicyRevisions.AsNoTracking().Where(revision => revision.Policy == name).ToListAsync(ct);
        return revisions.Count is 0
            ? Unknown(name)
            : Lists.Answer(
                request,
                PolicySelectable.Fields,
                revisions.Select(views.Of),
                view => new PolicySelectable(view),
                view => view.Revision.ToString("d10", CultureInfo.InvariantCulture));
    }

    private static async Task<Results<Ok<PolicyView>, ProblemHttpResult>> RevisionAsync(
        string name, int number, FleetDb db, PolicyViews views, HttpResponse response, CancellationToken ct)
    {
        PolicyRevisionRow? revision =
            await db.PolicyRevisions.AsNoTracking().FirstOrDefaultAsync(row => row.Policy == name && row.Number == number, ct);
        if (revision is null)
        {
            return Problems.NotFound($"There is no revision {number} of a policy '{name}'.");
        }

        EntityTag.Write(response, revision.Number);
        return TypedResults.Ok(views.Of(revision));
    }

    private static ProblemHttpResult Unknown(string name) => Problems.NotFound($"There is no policy '{name}'.");
}
