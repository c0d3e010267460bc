using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Domain.Rollouts;
using Fleet.Server.Live;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.Agents;

/// <summary>
/// Keeps the number of each host's assignment above the one that its agent has in force. A database that was restored, or that of a standby that lagged, counts
/// on from where it was then, and agents refuse what is older than what they have: so what is wanted there, unchanged, gets a number beyond the agent's.
/// </summary>
internal sealed class AssignmentNumbers(
    HostRowWriter rows, HostDirectory directory, AssignmentNews news, IDbContextFactory<FleetDb> databases, ILogger<AssignmentNumbers> log)
{
    // An agent may say what it likes. No host comes here by its rollouts, and from here on they still have room for ever.
    private const long Largest = 1L << 48;

    /// <param name="id">Whose: its own row and no other is moved, whatever it says.</param>
    /// <param name="inForce">What its agent says is in force.</param>
    public async Task KeepAboveAsync(HostId id, long inForce)
    {
        if (inForce >= Largest || !directory.TryGet(id, out HostRecord? known) || known.Generation >= inForce)
        {
            return;
        }

        bool moved = false;
        await rows.WriteAsync(id, async db => moved = await MoveAsync(db, id, inForce));
        if (moved)
        {
            log.AssignmentMovedOn(id, inForce, known.Generation, inForce + 1);
        }

        // Not moved: it is this server's memory that was behind.
        await using FleetDb read = await databases.CreateDbContextAsync();
        if (await read.Hosts.AsNoTracking().SingleOrDefaultAsync(host => host.Id == id) is { } row)
        {
            await news.TellAsync([row], CancellationToken.None);
        }
    }

    private static async Task<bool> MoveAsync(FleetDb db, HostId id, long inForce)
    {
        if (await db.Hosts.Where(host => host.Id == id && host.Generation < inForce)
            .ExecuteUpdateAsync(host => host.SetProperty(h => h.Generation, inForce + 1)) is 0)
        {
            return false;
        }

        // A rollout waits for this number too: what the agent has now may be a revision of the same number of before, and is no answer.
        IQueryable<long> judged = db.Rollouts
            .Where(rollout => rollout.Phase == RolloutPhase.Running || rollout.Phase == RolloutPhase.Paused || rollout.Phase == RolloutPhase.Done)
            .Select(rollout => rollout.Number);
        await db.Set<RolloutTargetRow>()
            .Where(target => target.Host == id && judged.Contains(target.Rollout)
                && (target.Phase == TargetPhase.Assigned || target.Phase == TargetPhase.Failed || target.Phase == TargetPhase.Silent))
            .ExecuteUpdateAsync(target => target.SetProperty(t => t.Generation, inForce + 1));
        return true;
    }
}
