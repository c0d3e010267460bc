using System.Collections.Immutable;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Domain.Rollouts;
using Fleet.Server.Live;
using Fleet.Server.Live.Cell;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Reconcile;

/// <summary>
/// Carries out what the planner says about one rollout: state and assignments change in one transaction, so that a server killed
/// between any two of its instructions finds either none of it or all of it; agents are told after the commit.
/// </summary>
internal sealed class RolloutStep(
    IDbContextFactory<FleetDb> databases, HostSelection selection, ILeadership leadership, AssignmentNews news, LiveFeed feed, TimeProvider time, ILogger<RolloutStep> log)
{
    // A plan changes at least one target, wave or phase, so this is never reached unless the planner is wrong.
    private const int MostRounds = 1000;

    /// <returns>The rollout as it stands now, and whether that was changed; null when there is none of this number.</returns>
    public async Task<(RolloutState State, bool Changed)?> TakeAsync(long number, LeaderTerm term, CancellationToken ct)
    {
        await selection.RefreshAsync(ct);
        await using (FleetDb look = await databases.CreateDbContextAsync(ct))
        {
            // Most looks find nothing to do; those do not take the database's one writer's place.
            if (await LoadAsync(look.Rollouts.AsNoTracking(), number, ct) is not { } seen)
            {
                return null;
            }

            RolloutState rests = seen.ToState();
            if (Plan(rests, await HostsAsync(look, seen, ct)).IsEmpty)
            {
                return (rests, false);
            }
        }

        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
        await leadership.FenceAsync(db, term, ct);
        RolloutRow? row = await LoadAsync(db.Rollouts, number, ct);
        if (row is null)
        {
            return null;
        }

        RolloutState before = row.ToState();
        (RolloutState after, List<HostRow> assigned) = await ExecuteAsync(db, before, await HostsAsync(db, row, ct), ct);
        row.Store(after, time.GetUtcNow());
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        Log(row, before, assigned.Count);
        feed.Publish(LiveTopics.Rollouts);
        await news.TellAsync(assigned, ct);
        return (after, true);
    }

    private static Task<RolloutRow?> LoadAsync(IQueryable<RolloutRow> rollouts, long number, CancellationToken ct) =>
        rollouts.Include(rollout => rollout.Targets).FirstOrDefaultAsync(rollout => rollout.Number == number, ct);

    private async Task<IReadOnlyDictionary<HostId, HostNow>> HostsAsync(FleetDb db, RolloutRow row, CancellationToken ct)
    {
        string hosts = await db.PolicyRevisions.Where(revision => revision.Policy == row.Policy && revision.Number == row.Revision)
            .Select(revision => revision.Hosts).SingleAsync(ct);
        return selection.Of(row.Policy, HostSelection.Stored(hosts));
    }

    private ImmutableArray<RolloutAction> Plan(RolloutState state, IReadOnlyDictionary<HostId, HostNow> hosts) =>
        RolloutPlanner.Plan(state, hosts, time.GetUtcNow());

    private async Task<(RolloutState State, List<HostRow> Assigned)> ExecuteAsync(
        FleetDb db, RolloutState state, IReadOnlyDictionary<HostId, HostNow> hosts, CancellationToken ct)
    {
        Dictionary<HostId, HostRow> assigned = [];
        for (int round = 0; round < MostRounds; round++)
        {
            ImmutableArray<RolloutAction> actions = Plan(state, hosts);
            if (actions.IsEmpty)
            {
                return (state, [.. assigned.Values]);
            }

            foreach (RolloutAction action in actions)
            {
                long generation = action is AssignAction assign ? await AssignAsync(db, state, assign, assigned, ct) : 0;
                state = state.After(action, time.GetUtcNow(), generation);
            }
        }

        throw new InvalidOperationException($"The plan of the rollout of {state.Policy} never comes to rest.");
    }

    private static async Task<long> AssignAsync(
        FleetDb db, RolloutState state, AssignAction assign, Dictionary<HostId, HostRow> assigned, CancellationToken ct)
    {
        HostRow? host = await db.Hosts.FindAsync([assign.Host], ct);
        if (host is not null && DesiredPolicies.Set(host, state.Policy, assign.Wanted ? state.Revision : null))
        {
            assigned[host.Id] = host;
        }

        return host?.Generation ?? 0;
    }

    private void Log(RolloutRow row, RolloutState before, int assigned)
    {
        if (assigned > 0)
        {
            log.Assigned(row.Id, row.Policy, row.Revision, assigned);
        }

        if (row.Phase != before.Phase)
        {
            log.PhaseChanged(row.Id, row.Policy, row.Revision, row.Phase, row.Reason);
        }
    }
}
