using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Data;

/// <summary>Opens the one kind of <see cref="FleetDb"/> that this server works on for all who do not care which it is.</summary>
internal sealed class FleetDbFactory<T>(IDbContextFactory<T> databases) : IDbContextFactory<FleetDb>
    where T : FleetDb
{
    public FleetDb CreateDbContext() => databases.CreateDbContext();
}
