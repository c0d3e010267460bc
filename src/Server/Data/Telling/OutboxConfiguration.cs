using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Fleet.Server.Data.Telling;

internal sealed class OutboxConfiguration : IEntityTypeConfiguration<OutboxRow>, IEntityTypeConfiguration<ToldStateRow>
{
    public void Configure(EntityTypeBuilder<OutboxRow> builder)
    {
        builder.ToTable("outbox");
        builder.HasKey(row => row.Id);
    }

    public void Configure(EntityTypeBuilder<ToldStateRow> builder)
    {
        builder.ToTable("told_states");
        builder.HasKey(state => state.Host);
        builder.HasOne<HostRow>().WithMany().HasForeignKey(state => state.Host).OnDelete(DeleteBehavior.Cascade);
    }
}
