using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Fleet.Server.Data;

internal sealed class JoinTokenConfiguration : IEntityTypeConfiguration<JoinToken>
{
    public void Configure(EntityTypeBuilder<JoinToken> builder)
    {
        builder.ToTable("join_tokens");
        builder.HasKey(token => token.Id);
        builder.HasIndex(token => token.SecretHash).IsUnique();
    }
}
