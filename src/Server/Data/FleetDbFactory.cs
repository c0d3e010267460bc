using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Fleet.Server.Data;

/// <summary>How FleetDb is opened, by the server and by the design-time tool (which never opens the file).</summary>
internal sealed class FleetDbFactory : IDesignTimeDbContextFactory<FleetDb>
{
    public FleetDb CreateDbContext(string[] args)
    {
        DbContextOptionsBuilder<FleetDb> builder = new();
        Configure(builder, "design-time.db");
        return new FleetDb(builder.Options);
    }

    public static void Configure(DbContextOptionsBuilder builder, string file) =>
        builder.UseSqlite($"Data Source={file}").AddInterceptors(new DurableConnections());
}
