using Fleet.Server.Data;
using Fleet.Server.Data.Audit;
using Fleet.Server.Hosting;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Maintenance;

/// <summary>What can be wrong with the fleet's state in any kind of database: its schema and the chain of the audit log.</summary>
internal static class DatabaseCheck
{
    public static async Task<IReadOnlyList<string>> ProblemsAsync(FleetDb db, string name, CancellationToken ct)
    {
        if (await OfSchemaAsync(db, name, ct) is { } other)
        {
            return [other];
        }

        return (await AuditTrail.CheckAsync(db, ct)).Broken is { } broken
            ? [$"{name}: entry {broken} of the audit log does not follow from the one before: it or an earlier one was changed or removed."]
            : [];
    }

    /// <summary>Why this version cannot read it; null when it can.</summary>
    public static async Task<string?> OfSchemaAsync(FleetDb db, string name, CancellationToken ct)
    {
        try
        {
            await SchemaVersion.CheckAsync(db, name, ct);
        }
        catch (StartException error)
        {
            return error.Message;
        }

        return (await db.Database.GetPendingMigrationsAsync(ct)).Any()
            ? $"{name} is of an older version; one start of fleet-server run brings it up to date."
            : null;
    }
}
