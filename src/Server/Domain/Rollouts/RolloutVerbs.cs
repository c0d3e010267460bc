using Fleet.Contracts;

namespace Fleet.Server.Domain.Rollouts;

/// <summary>What an operator can do to a rollout in which phase.</summary>
internal static class RolloutVerbs
{
    public const string Pause = "pause";
    public const string Resume = "resume";
    public const string Abort = "abort";

    public static IReadOnlyList<string> Possible(RolloutPhase phase) => phase switch
    {
        RolloutPhase.Running => [Pause, Abort],
        RolloutPhase.Paused => [Resume, Abort],
        _ => [],
    };

    /// <returns>Null when the verb is not possible in the rollout's phase.</returns>
    public static RolloutState? Act(RolloutState state, string verb, string who) =>
        !Possible(state.Phase).Contains(verb) ? null : verb switch
        {
            Pause => state with { Phase = RolloutPhase.Paused, Reason = $"Paused by {who}." },
            Resume => state with { Phase = RolloutPhase.Running, Reason = "" },
            _ => state with { Phase = RolloutPhase.Aborted, Reason = $"Aborted by {who}; hosts keep what they have." },
        };

    public static RolloutState Supersede(RolloutState state, string reason) => state with { Phase = RolloutPhase.Superseded, Reason = reason };
}
