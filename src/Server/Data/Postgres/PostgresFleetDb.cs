using Fleet.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Fleet.Server.Data.Postgres;

/// <summary>The same in PostgreSQL, where several servers may share it.</summary>
internal sealed class PostgresFleetDb(DbContextOptions<PostgresFleetDb> options) : FleetDb(options)
{
    public static void Configure(DbContextOptionsBuilder builder, NpgsqlDataSource source) => builder.UseNpgsql(source);

    public override async Task<IDbContextTransaction> BeginChangeAsync(CancellationToken ct)
    {
        IDbContextTransaction transaction = await Database.BeginTransactionAsync(ct);
        try
        {
            // READ COMMITTED takes a new snapshot for each statement: those after this one see what the change before committed.
            await Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({PostgresLocks.Family}, {(int)PostgresLock.Changes})", ct);
            return transaction;
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);

        // Ordered by code point, as SQLite does and as cursors of lists are compared, whatever the database's own order is.
        configurationBuilder.Properties<string>().UseCollation("C");
        configurationBuilder.Properties<HostId>().UseCollation("C");
    }

    /// <summary>For the design-time tool, which never connects.</summary>
    public sealed class AtDesignTime : IDesignTimeDbContextFactory<PostgresFleetDb>
    {
        public PostgresFleetDb CreateDbContext(string[] args) =>
            new(new DbContextOptionsBuilder<PostgresFleetDb>().UseNpgsql("Host=design-time").Options);
    }
}
