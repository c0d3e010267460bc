using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Domain.Rollouts;
using Fleet.Server.Live;

namespace Fleet.Server.Features.Rollouts;

/// <summary>Rollouts as the API shows them.</summary>
internal sealed class RolloutViews(HostDirectory directory)
{
    public RolloutView Of(RolloutRow row)
    {
        RolloutState state = row.ToState();
        ILookup<int, RolloutTargetState> targets = state.Targets.ToLookup(target => target.Wave);
        return new RolloutView
        {
            Id = row.Id,
            Policy = row.Policy,
            Revision = row.Revision,
            Phase = row.Phase,
            Reason = RolloutReason.Of(state),
            Author = row.Author,
            Created = row.Created,
            Changed = row.Changed,
            Wave = row.Wave,
            Waves =
            [
                .. state.Waves.Select((wave, index) => new WaveView(
                    wave.Percent, wave.BakeSeconds, wave.PauseAfter, WaveState(state, index), [.. targets[index].Select(target => Of(target, row.Policy))])),
            ],
        };
    }

    private static string WaveState(RolloutState state, int wave) => wave.CompareTo(state.Wave) switch
    {
        < 0 => "done",
        > 0 => "pending",
        _ when state.BakingSince is not null => "baking",
        _ => state.Targets.Any(target => target.Wave == wave && target.Phase is not TargetPhase.Pending) ? "running" : "pending",
    };

    private RolloutTarget Of(RolloutTargetState target, string policy)
    {
        bool known = directory.TryGet(target.Host, out HostRecord? host);
        string? note = target.Note ?? (target.Wanted ? null : "the revision does not select this host; the policy is taken off it");
        return new RolloutTarget(
            target.Host,
            known ? host!.Name : target.Name,
            target.Phase.ToString().ToLowerInvariant(),
            known ? host!.Applied.FirstOrDefault(applied => applied.Name == policy)?.Revision : null,
            note);
    }
}
