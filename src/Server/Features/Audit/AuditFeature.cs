// The audit trail: who did what that cannot be undone by doing it again. Entries are written where they happen; here they are read, and their chain is checked.
using Fleet.Contracts;
using Fleet.Server.Identity;

namespace Fleet.Server.Features.Audit;

internal static class AuditFeature
{
    public static void MapAudit(this RouteGroupBuilder api)
    {
        RouteGroupBuilder audit = api.MapGroup("/audit").WithTags("Audit").Needs(Scopes.AuditRead);
        ListAudit.Map(audit);
        CheckAudit.Map(audit);
    }
}
