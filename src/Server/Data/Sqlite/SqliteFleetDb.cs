using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Fleet.Server.Data.Sqlite;

/// <summary>fleet.db, in the data directory.</summary>
internal sealed class SqliteFleetDb(DbContextOptions<SqliteFleetDb> options) : FleetDb(options)
{
    public static void Configure(DbContextOptionsBuilder builder, string file) =>
        builder.UseSqlite($"Data Source={file}").AddInterceptors(new DurableConnections());

    // It began IMMEDIATE: the turn came with it.
    protected override Task WaitForTurnAsync(CancellationToken ct) => Task.CompletedTask;

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
