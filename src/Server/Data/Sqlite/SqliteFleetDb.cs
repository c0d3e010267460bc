using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Data.Sqlite;

/// <summary>fleet.db, in the data directory.</summary>
/// <param name="options">Where it is.</param>
/// <param name="turns">The line in which all of this server's changes stand; null for who is alone with the file.</param>
internal sealed class SqliteFleetDb(DbContextOptions<SqliteFleetDb> options, SqliteTurns? turns = null) : FleetDb(options)
{
    public static void Configure(DbContextOptionsBuilder builder, string file) =>
        builder.UseSqlite($"Data Source={file}").AddInterceptors(new DurableConnections());

    public override async Task<IDbContextTransaction> BeginChangeAsync(CancellationToken ct)
    {
        if (turns is null)
        {
            return await Database.BeginTransactionAsync(ct);
        }

        IDisposable turn = await turns.TakeAsync(ct);
        try
        {
            // It begins IMMEDIATE: what is read in it is still so when it commits, whoever else has the file open.
            return new TurnTransaction(await Database.BeginTransactionAsync(ct), turn);
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        using IDisposable? turn = turns is null || Database.CurrentTransaction is not null ? null : await turns.TakeAsync(cancellationToken);
        return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    /// <summary>For the design-time tool, which never opens the file.</summary>
    public sealed class AtDesignTime : IDesignTimeDbContextFactory<SqliteFleetDb>
    {
        public SqliteFleetDb CreateDbContext(string[] args)
        {
            DbContextOptionsBuilder<SqliteFleetDb> builder = new();
            Configure(builder, "design-time.db");
            return new SqliteFleetDb(builder.Options);
        }
    }
}
