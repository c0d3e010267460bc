using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Fleet.Server.Data;

internal sealed class RolloutConfiguration : IEntityTypeConfiguration<RolloutRow>, IEntityTypeConfiguration<RolloutTargetRow>
{
    public void Configure(EntityTypeBuilder<RolloutRow> builder)
    {
        builder.ToTable("rollouts");
        builder.HasKey(rollout => rollout.Number);
        builder.Property(rollout => rollout.Id).IsRequired();
        builder.HasIndex(rollout => rollout.Id).IsUnique();
        builder.HasIndex(rollout => new { rollout.Policy, rollout.Number });
        builder.HasIndex(rollout => rollout.IdempotencyKey).IsUnique();
        builder.HasIndex(rollout => rollout.Phase); // Few are under way of many, and are asked for each second.
        builder.Property(rollout => rollout.Version).IsConcurrencyToken();
        builder.HasOne<PolicyRevisionRow>().WithMany().HasForeignKey(rollout => new { rollout.Policy, rollout.Revision }).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(rollout => rollout.Targets).WithOne().HasForeignKey(target => target.Rollout).OnDelete(DeleteBehavior.Cascade);
    }

    public void Configure(EntityTypeBuilder<RolloutTargetRow> builder)
    {
        builder.ToTable("rollout_targets");
        builder.HasKey(target => new { target.Rollout, target.Host });
    }
}
