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
        builder.Ignore(host => host.Access).Ignore(host => host.AccessReason).Ignore(host => host.AccessBy).Ignore(host => host.AccessAt);
    }
}
