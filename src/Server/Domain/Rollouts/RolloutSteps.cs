using Fleet.Contracts;

namespace Fleet.Server.Domain.Rollouts;

/// <summary>What each action makes of a rollout's state.</summary>
internal static class RolloutSteps
{
    /// <param name="state">The rollout before.</param>
    /// <param name="action">What is done.</param>
    /// <param name="now">When.</param>
    /// <param name="generation">For an assignment: generation of the host's assignment that carries it.</param>
    public static RolloutState After(this RolloutState state, RolloutAction action, DateTimeOffset now, long generation = 0) => action switch
    {
        JoinAction join => state with
        {
            Targets = state.Targets.Add(new RolloutTargetState { Host = join.Host, Name = join.Name, Wave = join.Wave }),
        },
        AssignAction assign => state.With(assign.Host, target => target with
        {
            Phase = TargetPhase.Assigned,
            AssignedAt = now,
            Generation = generation,
        }) with
        { BakingSince = null },
        MarkAction mark => state.With(mark.Host, target => target with { Phase = mark.Phase, Note = mark.Note }),
        BakeAction => state with { BakingSince = now },
        AdvanceAction => state with { Wave = state.Wave + 1, BakingSince = null },
        PauseAction pause => state with { Phase = RolloutPhase.Paused, Reason = pause.Reason },
        CompleteAction complete => state with { Phase = RolloutPhase.Done, Reason = complete.Reason },
        _ => throw new InvalidOperationException($"No step for {action.GetType().Name}."),
    };

    private static RolloutState With(this RolloutState state, HostId host, Func<RolloutTargetState, RolloutTargetState> change) =>
        state with { Targets = [.. state.Targets.Select(target => target.Host == host ? change(target) : target)] };
}
