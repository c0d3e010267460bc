using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Fleet.Server.Data;

internal sealed class PolicyConfiguration : IEntityTypeConfiguration<PolicyRow>, IEntityTypeConfiguration<PolicyRevisionRow>
{
    public void Configure(EntityTypeBuilder<PolicyRow> builder)
    {
        builder.ToTable("policies");
        builder.HasKey(policy => policy.Name);
    }

    public void Configure(EntityTypeBuilder<PolicyRevisionRow> builder)
    {
        builder.ToTable("policy_revisions");
        builder.HasKey(revision => new { revision.Policy, revision.Number });
        builder.HasOne<PolicyRow>().WithMany().HasForeignKey(revision => revision.Policy).OnDelete(DeleteBehavior.Restrict);
    }
}
