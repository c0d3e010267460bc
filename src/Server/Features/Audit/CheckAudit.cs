using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Audit;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Audit;

/// <summary>Reads the whole trail and follows its hashes. A question of its own, since it costs as much as the trail is long.</summary>
internal static class CheckAudit
{
    public static void Map(RouteGroupBuilder audit) => audit.MapGet("/check", HandleAsync).WithName("checkAudit").WithSummary("Whether each entry of the trail follows from the one before it")
        .WithDescription("Reads all of it. broken is the first entry that does not follow: it, or the one before, was changed or removed outside of the server. Who keeps head elsewhere can tell later whether the end was cut off.");

    private static async Task<Ok<AuditCheck>> HandleAsync(FleetDb db, TimeProvider time, CancellationToken ct)
    {
        AuditChain chain = await AuditTrail.CheckAsync(db, ct);
        string? detail = chain.Broken is { } broken
            ? $"Entry {broken} does not follow from the one before it: the database was changed outside of the server. Compare it with a backup."
            : null;
        return TypedResults.Ok(new AuditCheck(chain.Broken is null, chain.Entries, chain.Broken, chain.Head, time.GetUtcNow(), detail));
    }
}
