using Fleet.Server.Data.Events.Sqlite;
using Fleet.Server.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Data.Sqlite;

/// <summary>fleet.db: private to its owner, with a write-ahead log; and the files of events beside it.</summary>
internal sealed class SqliteDatabase(DataDirectory data, IDbContextFactory<FleetDb> databases, DayFiles events, ILogger<SqliteDatabase> log) : IDatabase
{
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    public async Task PrepareAsync(CancellationToken ct)
    {
        try
        {
            await OpenAsync(ct);
        }
        catch (SqliteException error) when (error.SqliteErrorCode is Corrupt or NotADatabase)
        {
            throw new StartException(
                $"The database {data.Database} is damaged: {error.Message.TrimEnd('.')}. See what with 'fleet-server check --data {data.Root}', then put the last backup into another directory with 'fleet-server restore' and start there: "
                + "agents send again what it does not have.",
                error);
        }
        catch (SqliteException error) when (DatabaseFailures.Reason(error) is { } reason)
        {
            throw new StartException($"The database {data.Database} cannot be used: {reason} Make room for it, or give another directory with --data.", error);
        }
    }

    private async Task OpenAsync(CancellationToken ct)
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
