using System.Security.Claims;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Attestation;
using Fleet.Server.Data.Audit;
using Fleet.Server.Http;
using Fleet.Server.Http.OpenApi;
using Fleet.Server.Identity;
using Fleet.Server.Live;
using Fleet.Server.Live.Attestation;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Features.Attestation;

/// <summary>Deletes reference values. What was trusted by them is not any more, which dryRun tells beforehand.</summary>
internal static class DeleteReferences
{
    public static void Map(RouteGroupBuilder api) => api.MapDelete("/reference-values/{name}", HandleAsync)
        .WithName("deleteReferenceValues").WithSummary("Delete reference values; needs If-Match")
        .WithDescription("With dryRun=true nothing is deleted, and the answer lists every function whose verdict would change.")
        .Produces<ReferencePlan>().Takes(TagUse.Needed);

    private static async Task<IResult> HandleAsync(
        string name, HttpContext http, ClaimsPrincipal user, FleetDb db, ReferenceCatalog catalog, ReferenceViews views, IAppraisals appraisals, LiveFeed feed, TimeProvider time, CancellationToken ct, bool dryRun = false)
    {
        await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
        if (await GetReferences.LatestAsync(db, name, ct) is not { } before)
        {
            return Problems.NotFound($"There are no reference values '{name}'.");
        }

        if (EntityTag.Check(http.Request, before.Number, $"reference values '{name}'") is { } refusal)
        {
            return refusal;
        }

        ReferenceView old = views.Of(before, catalog.ByName(name), document: false);
        if (dryRun)
        {
            await transaction.RollbackAsync(ct);
            (int would, IReadOnlyList<VerdictChange> changes) = await appraisals.PreviewAsync(catalog.Without(name), ct);
            return TypedResults.Ok(new ReferencePlan("delete", old, null, would, changes));
        }

        DateTimeOffset now = time.GetUtcNow();
        db.Add(new ReferenceRow { Name = name, Number = before.Number + 1, Author = user.Name(), Created = now });
        await AuditTrail.AppendAsync(db, user.Name(), "reference-values.delete", name, $"After revision {before.Number}.", now, ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        catalog.Remove(name);
        (int appraised, IReadOnlyList<VerdictChange> changed) = await appraisals.CatchUpAsync(CancellationToken.None);
        feed.Publish(LiveTopics.Attestations);
        return TypedResults.Ok(new ReferencePlan("delete", old, null, appraised, changed));
    }
}
