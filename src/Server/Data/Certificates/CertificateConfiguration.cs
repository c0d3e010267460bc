using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Fleet.Server.Data;

internal sealed class CertificateConfiguration : IEntityTypeConfiguration<CertificateRow>
{
    public void Configure(EntityTypeBuilder<CertificateRow> builder)
    {
        builder.ToTable("certificates");
        builder.HasKey(certificate => certificate.Serial);
        builder.HasIndex(certificate => certificate.Host);
        builder.HasIndex(certificate => certificate.NotAfter);
        builder.HasOne<HostRow>().WithMany().HasForeignKey(certificate => certificate.Host).OnDelete(DeleteBehavior.Cascade);
    }
}
