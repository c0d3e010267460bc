using Fleet.Server.Data.Audit;
using Fleet.Server.Data.Telling;
using Fleet.Server.Domain.Hosts;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Data;

/// <summary>Writes down who may come in. Called within a transaction: what was decided and its entry in the audit trail are stored together.</summary>
internal static class HostAccessRecords
{
    /// <summary>Changes the access of a host that is still at that version.</summary>
    /// <returns>False when somebody changed it meanwhile; nothing was written then.</returns>
    public static async Task<bool> SetAsync(
        FleetDb db, HostRow host, AccessState access, string verb, string reason, string who, DateTimeOffset now, CancellationToken ct)
    {
        (string? because, string? by, DateTimeOffset? at) =
            access is AccessState.Member ? default((string?, string?, DateTimeOffset?)) : (reason, who, now);
        int changed = await db.Hosts.Where(row => row.Id == host.Id && row.Version == host.Version).ExecuteUpdateAsync(
            row => row.SetProperty(r => r.Access, access).SetProperty(r => r.AccessReason, because).SetProperty(r => r.AccessBy, by)
                .SetProperty(r => r.AccessAt, at).SetProperty(r => r.Version, host.Version + 1),
            ct);
        if (changed is 0)
        {
            return false;
        }

        await db.Set<ToldStateRow>().Where(state => state.Host == host.Id).ExecuteDeleteAsync(ct); // Whatever it comes to be after this is news.
        string was = host.Access is AccessState.Member ? "" : $" (It was {host.Access.ToString().ToLowerInvariant()} since {host.AccessAt:O} by {host.AccessBy}: {host.AccessReason})";
        await AuditTrail.AppendAsync(db, who, $"host.{verb}", host.Id.ToString(), $"{host.Name}: {reason}{was}", now, ct);
        await db.SaveChangesAsync(ct);
        return true;
    }
}
