using Fleet.Server.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Fleet.Server.Data;

/// <summary>Refuses a database that a later version has changed: this one would not know what its columns mean.</summary>
internal static class SchemaVersion
{
    /// <param name="db">The database.</param>
    /// <param name="where">What to call it; without a password.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="StartException">It has migrations that this version does not know.</exception>
    public static async Task CheckAsync(FleetDb db, string where, CancellationToken ct)
    {
        // A database that nobody has used yet has no history; asking it would be an error, and be logged as one.
        if (!await db.GetService<IHistoryRepository>().ExistsAsync(ct))
        {
            return;
        }

        HashSet<string> known = [.. db.Database.GetMigrations()];
        if ((await db.Database.GetAppliedMigrationsAsync(ct)).LastOrDefault(applied => !known.Contains(applied)) is { } later)
        {
            throw new StartException(
                $"The database {where} was changed by a later version of fleet-server (migration {later}), which this version {Metrics.FleetGauges.Version} does not know. "
                + "Start that version, or restore a backup from before it.");
        }
    }
}
