using Fleet.Contracts;

namespace Fleet.Server.Domain.Rollouts;

/// <summary>Why a rollout stands where it stands, in one sentence: a rollout that does not move always says what it waits for.</summary>
internal static class RolloutReason
{
    private const int MostNamed = 5;

    public static string Of(RolloutState state)
    {
        if (state.Phase is not RolloutPhase.Running)
        {
            return state.Reason;
        }

        List<RolloutTargetState> wave = [.. state.Targets.Where(target => target.Wave == state.Wave && target.Phase is not TargetPhase.Out)];
        int waits = wave.Count(target => target.Phase is TargetPhase.Pending or TargetPhase.Assigned);
        string name = $"Wave {state.Wave + 1} of {state.Waves.Length}";
        if (wave.Count is 0)
        {
            return $"{name}: no host is in it.";
        }

        return waits > 0
            ? $"{name}: {waits} of {wave.Count} hosts have not reported revision {state.Revision} yet."
            : $"{name}: every host has answered; it is watched for {state.Waves[Math.Min(state.Wave, state.Waves.Length - 1)].BakeSeconds} s.";
    }

    public static string Trouble(RolloutState state, IReadOnlyList<string> troubles)
    {
        string more = troubles.Count > MostNamed ? $"; and {troubles.Count - MostNamed} more hosts" : "";
        return $"Paused in wave {state.Wave + 1} of {state.Waves.Length}: {string.Join("; ", troubles.Take(MostNamed))}{more}. "
            + "Resume to go on without them, or abort.";
    }

    public static string WaveDone(RolloutState state) =>
        $"Paused as asked after wave {state.Wave + 1} of {state.Waves.Length}. Resume to begin the next.";

    public static string Completed(RolloutState state)
    {
        if (state.Targets.IsEmpty)
        {
            return "No host matches the policy's selector now; one that does later gets the revision then.";
        }

        List<string> missing = [.. state.Targets.Where(target => target.Phase is not (TargetPhase.Applied or TargetPhase.Out)).Select(target => target.Name)];
        int gone = state.Targets.Count(target => target.Phase is TargetPhase.Out);
        string without = gone is 0 ? "" : gone is 1 ? " 1 host may not come in and was not counted." : $" {gone} hosts may not come in and were not counted.";
        string more = missing.Count > MostNamed ? $" and {missing.Count - MostNamed} more" : "";
        return missing.Count is 0
            ? $"Every host reports revision {state.Revision}.{without}"
            : $"Every wave is done; {string.Join(", ", missing.Take(MostNamed))}{more} did not report revision {state.Revision}.{without}";
    }
}
