using Fleet.Server.Hosting;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Fleet.Server.Data.Postgres;

/// <summary>A database that may be shared. Of servers that start at once one brings the schema up to date while the others wait.</summary>
internal sealed class PostgresDatabase(NpgsqlDataSource source, IDbContextFactory<FleetDb> databases, ILogger<PostgresDatabase> log) : IDatabase
{
    private static readonly Version Oldest = new(13, 0);

    public async Task PrepareAsync(CancellationToken ct)
    {
        string name = PostgresSource.NameOf(source);
        try
        {
            await using NpgsqlConnection guard = await source.OpenConnectionAsync(ct);
            if (guard.PostgreSqlVersion < Oldest)
            {
                throw new StartException($"The database {name} is PostgreSQL {guard.PostgreSqlVersion}; this server needs {Oldest.Major} or later.");
            }

            await using NpgsqlCommand durable = new("SHOW fsync", guard);
            if (await durable.ExecuteScalarAsync(ct) is "off")
            {
                log.NotDurable();
            }

            await PostgresLocks.TakeAsync(guard, PostgresLock.Migration, ct);
            await using FleetDb db = await databases.CreateDbContextAsync(ct);
            await SchemaVersion.CheckAsync(db, name, ct);
            await db.Database.MigrateAsync(ct);
            await PostgresLocks.ReleaseAsync(guard, PostgresLock.Migration, ct);
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException)
        {
            throw new StartException($"The database {name} cannot be used: {error.Message} Is PostgreSQL running there, and may the user create tables in it?", error);
        }
    }
}
