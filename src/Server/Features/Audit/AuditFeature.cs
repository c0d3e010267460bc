// The audit trail: who did what that cannot be undone by doing it again. Entries are written where they happen; here they are read.
using System.Globalization;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Audit;
using Fleet.Server.Http;
using Fleet.Server.Identity;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.Audit;

internal static class AuditFeature
{
    public static void MapAudit(this RouteGroupBuilder api) => api.MapGet("/audit", ListAsync).WithTags("Audit").Needs(Scopes.AuditRead)
        .WithName("listAudit").WithSummary("What was done by whom, the newest first")
        .WithDescription("Each entry's hash covers the one before it. Answers 409 when an entry does not follow from the one before: the trail was changed outside of the server.");

    private static async Task<Results<Ok<Page<AuditView>>, ProblemHttpResult>> ListAsync([AsParameters] ListRequest request, FleetDb db, CancellationToken ct)
    {
        if (await AuditTrail.FirstBrokenAsync(db, ct) is { } broken)
        {
            return Problems.Conflict($"Entry {broken} of the audit trail does not follow from the one before it: fleet.db was changed outside of the server. Compare it with a backup.");
        }

        List<AuditRow> rows = await db.Set<AuditRow>().AsNoTracking().ToListAsync(ct);
        return Lists.Answer(
            request,
            AuditSelectable.Fields,
            rows.Select(row => new AuditView(row.Number, row.Time, row.Who, row.Action, row.Subject, row.Detail, row.Hash)),
            view => new AuditSelectable(view),
            view => (long.MaxValue - view.Number).ToString("d19", CultureInfo.InvariantCulture));
    }
}
