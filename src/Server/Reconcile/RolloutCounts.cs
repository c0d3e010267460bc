using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Text.Json;
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
    private readonly TimeProvider _time;
    private FrozenDictionary<RolloutPhase, int> _rollouts = FrozenDictionary<RolloutPhase, int>.Empty;
    private FrozenDictionary<TargetPhase, int> _targets = FrozenDictionary<TargetPhase, int>.Empty;
    private FrozenDictionary<RolloutPhase, DateTimeOffset> _standing = FrozenDictionary<RolloutPhase, DateTimeOffset>.Empty;

    public RolloutCounts(IDbContextFactory<FleetDb> databases, FleetMetrics metrics, ILeadership leadership, TimeProvider time)
    {
        _leadership = leadership;
        _databases = databases;
        _time = time;
        metrics.Meter.CreateObservableGauge(
            "pcifleet_rollouts", () => Measure("phase", Volatile.Read(ref _rollouts)), description: "Rollouts by phase");
        metrics.Meter.CreateObservableGauge(
            "pcifleet_rollout_targets",
            () => Measure("state", Volatile.Read(ref _targets)),
            description: "Hosts of rollouts that are running or paused, by state");
        metrics.Meter.CreateObservableGauge(
            "pcifleet_rollout_standing_since_timestamp_seconds",
            Standing,
            description: "Since when the rollout that stands longest has: a paused one since its pause, a running one since its wave should have gone on. Absent while none does");
    }

    /// <summary>By when a wave that changed last at a time should have gone on: its hosts may take until the deadline to report, then it is watched.</summary>
    public static DateTimeOffset Due(DateTimeOffset changed, string waves, int wave)
    {
        List<WaveSpec> all = JsonSerializer.Deserialize<List<WaveSpec>>(waves, FleetJson.Options)!;
        return changed + RolloutPlanner.Deadline + TimeSpan.FromSeconds(wave < all.Count ? all[wave].BakeSeconds : 0);
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
        var open = await db.Rollouts
            .Where(rollout => rollout.Phase == RolloutPhase.Running || rollout.Phase == RolloutPhase.Paused)
            .Select(rollout => new { rollout.Phase, rollout.Changed, rollout.Waves, rollout.Wave }).ToListAsync(ct);
        Volatile.Write(ref _standing, open
            .GroupBy(rollout => rollout.Phase, rollout => rollout.Phase is RolloutPhase.Paused ? rollout.Changed : Due(rollout.Changed, rollout.Waves, rollout.Wave))
            .ToFrozenDictionary(since => since.Key, since => since.Min()));
        Volatile.Write(ref _rollouts, rollouts.ToFrozenDictionary());
        Volatile.Write(ref _targets, targets.ToFrozenDictionary());
    }

    private IEnumerable<Measurement<double>> Standing()
    {
        DateTimeOffset now = _time.GetUtcNow();
        return _leadership.Term is null ? [] : Volatile.Read(ref _standing).Where(standing => standing.Value <= now).Select(standing => new Measurement<double>(
            standing.Value.ToUnixTimeMilliseconds() / 1000.0, new KeyValuePair<string, object?>("phase", Label(standing.Key))));
    }

    private static string Label<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private IEnumerable<Measurement<int>> Measure<T>(string label, FrozenDictionary<T, int> counts)
        where T : struct, Enum => _leadership.Term is null ? [] : Enum.GetValues<T>().Where(value => value.ToString() is not "Unknown").Select(value => new Measurement<int>(
            counts.GetValueOrDefault(value), new KeyValuePair<string, object?>(label, Label(value))));
}
