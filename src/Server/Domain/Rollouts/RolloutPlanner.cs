using System.Collections.Immutable;
using Fleet.Contracts;

namespace Fleet.Server.Domain.Rollouts;

/// <summary>
/// Says what a rollout needs next. Pure and level-triggered: it looks at where things stand, never at what happened, so it may be
/// asked at any time, any number of times, by a server that has just been killed. Called until it has nothing more to say.
/// </summary>
internal static class RolloutPlanner
{
    /// <summary>How long a host may take to report before the rollout pauses rather than wait for it for ever.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    /// <summary>How long a rejection that does not say of which assignment it is may still be about the one before.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromMinutes(1);

    public static ImmutableArray<RolloutAction> Plan(RolloutState state, IReadOnlyDictionary<HostId, HostNow> hosts, DateTimeOffset now)
    {
        if (state.Phase is RolloutPhase.Aborted or RolloutPhase.Superseded)
        {
            return [];
        }

        ImmutableArray<RolloutAction> noticed = Notice(state, hosts, now);
        if (!noticed.IsEmpty)
        {
            return noticed;
        }

        return state.Phase switch
        {
            RolloutPhase.Running => Proceed(state, now),
            RolloutPhase.Done => [.. Assign(state, state.Waves.Length - 1)],
            _ => [],
        };
    }

    // Facts are noted in every phase: a pause stops what the server does, not what hosts do.
    private static ImmutableArray<RolloutAction> Notice(
        RolloutState state, IReadOnlyDictionary<HostId, HostNow> hosts, DateTimeOffset now)
    {
        List<RolloutAction> actions = [];
        List<string> troubles = [];
        foreach (RolloutTargetState target in state.Targets)
        {
            if (Judge(state, target, hosts.GetValueOrDefault(target.Host), now) is { } mark)
            {
                actions.Add(mark);
                if (mark.Phase is TargetPhase.Failed or TargetPhase.Silent)
                {
                    troubles.Add($"{target.Name}: {mark.Note}");
                }
            }
        }

        HashSet<HostId> known = [.. state.Targets.Select(target => target.Host)];
        actions.AddRange(hosts.Values
            .Where(host => host is { Selected: true, Out: null } && !known.Contains(host.Host))
            .OrderBy(host => host.Name, StringComparer.Ordinal).ThenBy(host => host.Host.Value)
            .Select(host => new JoinAction(host.Host, host.Name, state.Waves.Length - 1)));
        if (troubles.Count > 0 && state.Phase is RolloutPhase.Running)
        {
            actions.Add(new PauseAction(RolloutReason.Trouble(state, troubles)));
        }

        return [.. actions];
    }

    private static MarkAction? Judge(RolloutState state, RolloutTargetState target, HostNow? host, DateTimeOffset now)
    {
        if (target.Phase is TargetPhase.Out)
        {
            return host is { Out: null } ? new MarkAction(target.Host, TargetPhase.Pending, null) : null;
        }

        // Nobody waits for a host that may not come in. One that had applied before keeps having done so.
        if (target.Phase is not TargetPhase.Applied && (host is null ? "the host was deleted" : host.Out) is { } gone)
        {
            return new MarkAction(target.Host, TargetPhase.Out, gone);
        }

        if (target.Phase is TargetPhase.Pending or TargetPhase.Applied)
        {
            return null;
        }

        if (host is not null && Answers(host.ReportedGeneration, target, host) && host.Reported == (target.Wanted ? state.Revision : null))
        {
            return new MarkAction(target.Host, TargetPhase.Applied, null);
        }

        if (target.Phase is not TargetPhase.Assigned)
        {
            return null;
        }

        if (host is { Rejected: { } why }
            && (host.RejectedGeneration is { } refused ? Answers(refused, target, host) : host.ReportedAt - target.AssignedAt > Settling))
        {
            return new MarkAction(target.Host, TargetPhase.Failed, $"the agent did not put revision {state.Revision} in force: {why}");
        }

        return now - target.AssignedAt >= Deadline
            ? new MarkAction(target.Host, TargetPhase.Silent, $"no report of revision {state.Revision} within {Deadline.TotalMinutes:0} minutes")
            : null;
    }

    // One below is about what was wanted before; one above is of another history: of before a restore, or a lie.
    private static bool Answers(long generation, RolloutTargetState target, HostNow host) => generation >= target.Generation && generation <= host.Generation;

    private static ImmutableArray<RolloutAction> Proceed(RolloutState state, DateTimeOffset now)
    {
        ImmutableArray<RolloutAction> assignments = [.. Assign(state, state.Wave)];
        if (!assignments.IsEmpty)
        {
            return assignments;
        }

        if (state.Targets.Any(target => target.Wave <= state.Wave && target.Phase is TargetPhase.Assigned))
        {
            return [];
        }

        WaveSpec wave = state.Waves[state.Wave];
        bool bakes = wave.BakeSeconds > 0 && state.Targets.Any(target => target.Wave == state.Wave);
        if (bakes && state.BakingSince is null)
        {
            return [new BakeAction()];
        }

        if (bakes && now - state.BakingSince < TimeSpan.FromSeconds(wave.BakeSeconds))
        {
            return [];
        }

        if (state.Wave == state.Waves.Length - 1)
        {
            return [new AdvanceAction(), new CompleteAction(RolloutReason.Completed(state))];
        }

        return wave.PauseAfter ? [new AdvanceAction(), new PauseAction(RolloutReason.WaveDone(state))] : [new AdvanceAction()];
    }

    private static IEnumerable<RolloutAction> Assign(RolloutState state, int throughWave) => state.Targets
        .Where(target => target.Phase is TargetPhase.Pending && target.Wave <= throughWave)
        .Select(target => new AssignAction(target.Host, target.Wanted));
}
