using System.Collections.Immutable;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Domain.Rollouts;

namespace Fleet.Server.Data;

/// <summary>Rollouts between fleet.db and the planner.</summary>
internal static class RolloutRecords
{
    public static RolloutState ToState(this RolloutRow row) => new()
    {
        Policy = row.Policy,
        Revision = row.Revision,
        Phase = row.Phase,
        Reason = row.Reason,
        Waves = [.. JsonSerializer.Deserialize<List<WaveSpec>>(row.Waves, FleetJson.Options)!],
        Wave = row.Wave,
        BakingSince = row.BakingSince,
        Targets = [.. row.Targets.OrderBy(target => target.Position).Select(target => new RolloutTargetState
        {
            Host = target.Host,
            Name = target.Name,
            Wave = target.Wave,
            Wanted = target.Wanted,
            Phase = target.Phase,
            AssignedAt = target.AssignedAt,
            Generation = target.Generation,
            Note = target.Note,
        })],
    };

    public static string WavesJson(ImmutableArray<WaveSpec> waves) => JsonSerializer.Serialize(waves, FleetJson.Options);

    /// <summary>Writes a state back into its row. Targets are only ever added or changed.</summary>
    public static void Store(this RolloutRow row, RolloutState state, DateTimeOffset now)
    {
        row.Phase = state.Phase;
        row.Reason = state.Reason;
        row.Wave = state.Wave;
        row.BakingSince = state.BakingSince;
        row.Changed = now;
        row.Version++;
        Dictionary<HostId, RolloutTargetRow> rows = row.Targets.ToDictionary(target => target.Host);
        for (int i = 0; i < state.Targets.Length; i++)
        {
            RolloutTargetState target = state.Targets[i];
            if (!rows.TryGetValue(target.Host, out RolloutTargetRow? stored))
            {
                stored = new RolloutTargetRow { Host = target.Host, Position = i, Name = target.Name, Wave = target.Wave, Wanted = target.Wanted };
                row.Targets.Add(stored);
            }

            stored.Phase = target.Phase;
            stored.AssignedAt = target.AssignedAt;
            stored.Generation = target.Generation;
            stored.Note = target.Note;
        }
    }
}
