using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Events;
using Fleet.Server.Domain.Rollouts;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.Overview;

/// <summary>What the overview says of policies and rollouts.</summary>
internal sealed record RolloutFigures(int Policies, IReadOnlyDictionary<string, int> Phases, IReadOnlyList<AttentionItem> Failed)
{
    public static async Task<RolloutFigures> ReadAsync(FleetDb db, CancellationToken ct)
    {
        int policies = await db.Set<PolicyRow>().CountAsync(policy => policy.Deleted == null, ct);
        SortedDictionary<string, int> phases = new(WireNames.All<RolloutPhase>().ToDictionary(phase => phase, _ => 0), StringComparer.Ordinal);
        foreach (var phase in await db.Set<RolloutRow>().GroupBy(rollout => rollout.Phase).Select(group => new { group.Key, Count = group.Count() }).ToListAsync(ct))
        {
            phases[WireNames.Of(phase.Key)] = phase.Count;
        }

        // Of rollouts that still go on; what became of the others is history.
        List<RolloutRow> open = await db.Set<RolloutRow>().AsNoTracking().Include(rollout => rollout.Targets)
            .Where(rollout => rollout.Phase == RolloutPhase.Running || rollout.Phase == RolloutPhase.Paused).ToListAsync(ct);
        return new RolloutFigures(policies, phases, [.. open.SelectMany(Troubles)]);
    }

    private static IEnumerable<AttentionItem> Troubles(RolloutRow rollout)
    {
        foreach ((TargetPhase phase, string severity, string what) in
            ((TargetPhase, string, string)[])[(TargetPhase.Failed, "bad", "was rejected by"), (TargetPhase.Silent, "unknown", "had no answer from")])
        {
            List<RolloutTargetRow> hosts = [.. rollout.Targets.Where(target => target.Phase == phase)];
            if (hosts.Count > 0)
            {
                yield return new AttentionItem(
                    severity,
                    $"Rollout of {rollout.Policy} r{rollout.Revision}",
                    $"{what} {(hosts.Count is 1 ? hosts[0].Name : $"{hosts.Count} hosts, {hosts[0].Name} among them")}",
                    hosts[0].Note ?? rollout.Reason,
                    rollout.Changed,
                    "Open rollout",
                    $"/rollouts/{rollout.Id}");
            }
        }
    }
}
