using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Domain.Rollouts;
using Fleet.Server.Live;
using Fleet.Server.Live.Cell;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Reconcile;

/// <summary>
/// How many rollouts are in which phase, and how far the hosts of those going on are: counted by the reconciler, read at each
/// scrape. Every label is shown, as 0 where there is none; by a server that does not lead none is, because it has not counted.
/// </summary>
internal sealed class RolloutCounts
{
    private readonly IDbContextFactory<FleetDb> _databases;
    private readonly ILeadership _leadership;
    private FrozenDictionary<RolloutPhase, int> _rollouts = FrozenDictionary<RolloutPhase, int>.Empty;
    private FrozenDictionary<TargetPhase, int> _targets = FrozenDictionary<TargetPhase, int>.Empty;

    public RolloutCounts(IDbContextFactory<FleetDb> databases, FleetMetrics metrics, ILeadership leadership)
    {
        _leadership = leadership;
        _databases = databases;
        metrics.Meter.CreateObservableGauge(
            "pcifleet_rollouts", () => Measure("phase", Volatile.Read(ref _rollouts)), description: "Rollouts by phase");
        metrics.Meter.CreateObservableGauge(
            "pcifleet_rollout_targets",
            () => Measure("state", Volatile.Read(ref _targets)),
            description: "Hosts of rollouts that are running or paused, by state");
    }

    public async Task RefreshAsync(CancellationToken ct)
    {
        await using FleetDb db = await _databases.CreateDbContextAsync(ct);
        List<KeyValuePair<RolloutPhase, int>> rollouts = await db.Rollouts
            .GroupBy(rollout => rollout.Phase).Select(group => KeyValuePair.Create(group.Key, group.Count())).ToListAsync(ct);
        List<KeyValuePair<TargetPhase, int>> targets = await db.Rollouts
            .Where(rollout => rollout.Phase == RolloutPhase.Running || rollout.Phase == RolloutPhase.Paused)
            .SelectMany(rollout => rollout.Targets)
            .GroupBy(target => target.Phase).Select(group => KeyValuePair.Create(group.Key, group.Count())).ToListAsync(ct);
        Volatile.Write(ref _rollouts, rollouts.ToFrozenDictionary());
        Volatile.Write(ref _targets, targets.ToFrozenDictionary());
    }

    private IEnumerable<Measurement<int>> Measure<T>(string label, FrozenDictionary<T, int> counts)
        where T : struct, Enum => _leadership.Term is null ? [] : Enum.GetValues<T>().Where(value => value.ToString() is not "Unknown").Select(value => new Measurement<int>(
            counts.GetValueOrDefault(value), new KeyValuePair<string, object?>(label, value.ToString().ToLowerInvariant())));
}
