using Fleet.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Fleet.Server.Data;

/// <summary>
/// Everything but events: in fleet.db, or in a PostgreSQL database. Entities of a feature are configured by an IEntityTypeConfiguration beside them.
/// What is written here must be right under READ COMMITTED as well as under SQLite's one writer. Migrations: docs/how-to/adding-a-migration.md.
/// </summary>
internal abstract class FleetDb(DbContextOptions options) : DbContext(options)
{
    public DbSet<HostRow> Hosts => Set<HostRow>();

    public DbSet<JoinToken> JoinTokens => Set<JoinToken>();

    public DbSet<PolicyRow> Policies => Set<PolicyRow>();

    public DbSet<PolicyRevisionRow> PolicyRevisions => Set<PolicyRevisionRow>();

    public DbSet<RolloutRow> Rollouts => Set<RolloutRow>();

    /// <summary>
    /// Begins a transaction that changes something. All of them stand in one line, whichever server they are of: what is read in one is still so when it
    /// commits. Only single conditional statements, and the store of events, go without.
    /// </summary>
    public abstract Task<IDbContextTransaction> BeginChangeAsync(CancellationToken ct);

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(FleetDb).Assembly);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<HostId>().HaveConversion<HostIdConverter>();
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicksConverter>();
    }

    private sealed class HostIdConverter() : ValueConverter<HostId, string>(id => id.ToString(), text => HostId.Parse(text));

    // Times as integers sort and compare alike in both databases, to the tick; SQLite's text form of DateTimeOffset and PostgreSQL's microseconds do not.
    private sealed class UtcTicksConverter() : ValueConverter<DateTimeOffset, long>(
        time => time.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
}
