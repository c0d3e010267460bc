using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Fleet.Server.Data;

internal sealed class HostRowConfiguration : IEntityTypeConfiguration<HostRow>
{
    public void Configure(EntityTypeBuilder<HostRow> builder)
    {
        builder.ToTable("hosts");
        builder.HasKey(host => host.Id);
        builder.HasIndex(host => host.MachineId);
        builder.HasIndex(host => host.KeyThumbprint).IsUnique();
        builder.HasIndex(host => host.JoinTokenId);
    }
}
