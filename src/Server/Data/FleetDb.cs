using Fleet.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Fleet.Server.Data;

/// <summary>
/// fleet.db: everything but events. Entities of a feature are configured by an IEntityTypeConfiguration beside them.
/// Migrations: docs/how-to/adding-a-migration.md.
/// </summary>
internal sealed class FleetDb(DbContextOptions<FleetDb> options) : DbContext(options)
{
    public DbSet<HostRow> Hosts => Set<HostRow>();

    public DbSet<JoinToken> JoinTokens => Set<JoinToken>();

    public DbSet<PolicyRow> Policies => Set<PolicyRow>();

    public DbSet<PolicyRevisionRow> PolicyRevisions => Set<PolicyRevisionRow>();

    public DbSet<RolloutRow> Rollouts => Set<RolloutRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(FleetDb).Assembly);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<HostId>().HaveConversion<HostIdConverter>();
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicksConverter>();
    }

    private sealed class HostIdConverter() : ValueConverter<HostId, string>(id => id.ToString(), text => HostId.Parse(text));

    // Times as integers sort and compare inside SQLite; its text form of DateTimeOffset does not.
    private sealed class UtcTicksConverter() : ValueConverter<DateTimeOffset, long>(
        time => time.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
}
