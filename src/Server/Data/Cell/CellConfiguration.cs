using Fleet.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Fleet.Server.Data.Cell;

/// <summary>What the servers of one database have to know of each other and to have in common.</summary>
internal sealed class CellConfiguration
    : IEntityTypeConfiguration<ServerRow>, IEntityTypeConfiguration<LeadershipRow>, IEntityTypeConfiguration<KeyRow>, IEntityTypeConfiguration<SignInLinkRow>,
      IEntityTypeConfiguration<HostConnectionRow>
{
    public void Configure(EntityTypeBuilder<ServerRow> builder)
    {
        builder.ToTable("servers");
        builder.HasKey(server => server.Id);
    }

    public void Configure(EntityTypeBuilder<LeadershipRow> builder)
    {
        builder.ToTable("leadership");
        builder.HasKey(leadership => leadership.Id);
        builder.Property(leadership => leadership.Id).ValueGeneratedNever();
        builder.HasData(new LeadershipRow());
    }

    public void Configure(EntityTypeBuilder<HostConnectionRow> builder)
    {
        builder.ToTable("host_connections");
        builder.HasKey(connection => connection.Host);
    }

    public void Configure(EntityTypeBuilder<KeyRow> builder)
    {
        builder.ToTable("protection_keys");
        builder.HasKey(key => key.Name);
    }

    public void Configure(EntityTypeBuilder<SignInLinkRow> builder)
    {
        builder.ToTable("sign_in_links");
        builder.HasKey(link => link.Hash);

        // A server of the version before, on the same database, writes none of these.
        builder.Property(link => link.Role).HasDefaultValue(Roles.Admin);
        builder.Property(link => link.Name).HasDefaultValue(Roles.Admin);
        builder.Property(link => link.Creator).HasDefaultValue("");
    }
}
