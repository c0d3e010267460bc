using Fleet.Server.Data.Events.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Data.Sqlite;

/// <summary>fleet.db: private to its owner, with a write-ahead log; and the files of events beside it.</summary>
internal sealed class SqliteDatabase(DataDirectory data, IDbContextFactory<FleetDb> databases, DayFiles events, ILogger<SqliteDatabase> log) : IDatabase
{
    public async Task PrepareAsync(CancellationToken ct)
    {
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        data.MakePrivate(Path.GetFileName(data.Database));
        await db.Database.OpenConnectionAsync(ct);
        DurableConnections.UseWriteAheadLog((SqliteConnection)db.Database.GetDbConnection());
        await SchemaVersion.CheckAsync(db, data.Database, ct);
        await db.Database.MigrateAsync(ct);
        events.Prepare(log);
    }
}
