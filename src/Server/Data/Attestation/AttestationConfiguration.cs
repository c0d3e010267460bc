using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Fleet.Server.Data.Attestation;

internal sealed class AttestationConfiguration :
    IEntityTypeConfiguration<DeviceRow>,
    IEntityTypeConfiguration<AttestationRow>,
    IEntityTypeConfiguration<EvidenceRow>,
    IEntityTypeConfiguration<ReferenceRow>,
    IEntityTypeConfiguration<BaselineRow>
{
    public void Configure(EntityTypeBuilder<DeviceRow> builder)
    {
        builder.ToTable("attested_devices");
        builder.HasKey(device => new { device.Host, device.Address });
        builder.HasIndex(device => device.Pin);
    }

    public void Configure(EntityTypeBuilder<AttestationRow> builder)
    {
        builder.ToTable("attestations");
        builder.HasKey(attestation => attestation.Id);
        builder.HasIndex(attestation => new { attestation.Host, attestation.Address, attestation.Id });
        builder.HasIndex(attestation => attestation.Phase);
    }

    public void Configure(EntityTypeBuilder<EvidenceRow> builder)
    {
        builder.ToTable("evidence");
        builder.HasKey(evidence => new { evidence.Attestation, evidence.Hash });
        builder.HasIndex(evidence => evidence.KeptUntil);
        builder.HasIndex(evidence => evidence.Appraised);
        builder.HasOne<AttestationRow>().WithMany().HasForeignKey(evidence => evidence.Attestation).OnDelete(DeleteBehavior.Restrict);
    }

    public void Configure(EntityTypeBuilder<ReferenceRow> builder)
    {
        builder.ToTable("reference_values");
        builder.HasKey(reference => new { reference.Name, reference.Number });
    }

    public void Configure(EntityTypeBuilder<BaselineRow> builder)
    {
        builder.ToTable("baselines");
        builder.HasKey(baseline => new { baseline.Host, baseline.Address });
        builder.Property(baseline => baseline.Version).IsConcurrencyToken();
    }
}
