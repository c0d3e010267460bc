using Fleet.Server.Data;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.Policies;

internal static class PolicyQueries
{
    /// <summary>The latest revision of every policy that is not deleted.</summary>
    public static IQueryable<PolicyRevisionRow> LatestRevisions(this FleetDb db) =>
        from policy in db.Policies
        where policy.Deleted == null
        join revision in db.PolicyRevisions on new { Policy = policy.Name, Number = policy.Latest } equals new { revision.Policy, revision.Number }
        select revision;

    /// <summary>The latest revision of a policy; null when there is no such policy.</summary>
    public static Task<PolicyRevisionRow?> LatestRevisionAsync(this FleetDb db, string name, CancellationToken ct) =>
        db.LatestRevisions().AsNoTracking().FirstOrDefaultAsync(revision => revision.Policy == name, ct);
}
