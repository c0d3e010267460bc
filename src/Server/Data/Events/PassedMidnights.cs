using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Data.Events;

/// <summary>Which midnights servers lived through, as far back as something is kept.</summary>
internal sealed class PassedMidnights(IDbContextFactory<FleetDb> databases)
{
    public async Task<IReadOnlyCollection<DateOnly>> AllAsync(CancellationToken ct)
    {
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        return await db.Set<PassedMidnight>().Select(midnight => midnight.Day).ToListAsync(ct);
    }

    /// <summary>Notes one, and forgets those before what is kept.</summary>
    public async Task NoteAsync(DateOnly day, DateOnly oldest, CancellationToken ct)
    {
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        await using var transaction = await db.BeginChangeAsync(ct);
        await db.Set<PassedMidnight>().Where(midnight => midnight.Day < oldest).ExecuteDeleteAsync(ct);
        if (!await db.Set<PassedMidnight>().AnyAsync(midnight => midnight.Day == day, ct))
        {
            db.Add(new PassedMidnight { Day = day });
            await db.SaveChangesAsync(ct);
        }

        await transaction.CommitAsync(ct);
    }
}
