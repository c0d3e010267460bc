using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Fleet.Server.Data.Events;

/// <summary>A midnight that the leader lived through: the day that it began. Days without events pass too, and only this shows it.</summary>
internal sealed class PassedMidnight : IEntityTypeConfiguration<PassedMidnight>
{
    public DateOnly Day { get; init; }

    public void Configure(EntityTypeBuilder<PassedMidnight> builder)
    {
        builder.ToTable("passed_midnights");
        builder.HasKey(midnight => midnight.Day);
    }
}
