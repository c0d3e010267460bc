using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Domain.Rollouts;
using Fleet.Server.Live;
using Fleet.Server.Live.Cell;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Reconcile;

/// <summary>
/// Looks at what rollouts need, for one term of the leader. Those under way are looked at each time. One that is done goes on serving hosts that come
/// later: it is remembered, and looked at when a host changed in a way that may concern it, so that ten thousand of them cost nothing while none does.
/// </summary>
internal sealed class RolloutWatch(
    LeaderTerm term, IDbContextFactory<FleetDb> databases, HostLook hosts, HostSelection selection, RolloutStep step, RolloutCounts counts, TimeProvider time, ILogger log)
{
    // For what nobody told of: a notice of another server that was lost.
    private static readonly TimeSpan ReadAnew = TimeSpan.FromMinutes(5);
    private readonly Dictionary<string, SettledRollout> _settled = new(StringComparer.Ordinal);

    // Done, but hosts that came later have not reported: their deadline passes by itself.
    private readonly Dictionary<string, SettledRollout> _busy = new(StringComparer.Ordinal);
    private readonly HashSet<string> _fresh = new(StringComparer.Ordinal);
    private string[] _open = [];
    private long? _readAt;
    private int _stirred = 1;

    /// <summary>Something of a rollout changed: figures are old.</summary>
    public void Stir() => Volatile.Write(ref _stirred, 1);

    public async Task LookAsync(CancellationToken ct)
    {
        try
        {
            // 1. What is under way. Of a policy that has one, those before are not in force.
            Dictionary<string, long> open = await OpenAsync(ct);
            await RememberAsync(open, ct);
            foreach ((string policy, long number) in open)
            {
                Forget(policy);
                await TakeAsync(number, ct);
            }

            // 2. What is done, where hosts are to report or one gives cause.
            IReadOnlyList<(HostId Host, HostRecord? Now)> changes = hosts.Changes();
            foreach (SettledRollout rollout in _busy.Values.ToArray())
            {
                await TakeAsync(rollout, [], ct);
            }

            foreach ((SettledRollout rollout, HostId[] causes) in await ConcernedAsync(changes, ct))
            {
                await TakeAsync(rollout, causes, ct);
            }

            // 3. The figures.
            if (Interlocked.Exchange(ref _stirred, 0) is 1)
            {
                await counts.RefreshAsync(ct);
            }
        }
        catch
        {
            // What changed and was not looked at is found by reading anew.
            _readAt = null;
            Stir();
            throw;
        }
    }

    private async Task<Dictionary<string, long>> OpenAsync(CancellationToken ct)
    {
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        return await db.Rollouts.Where(rollout => rollout.Phase == RolloutPhase.Running || rollout.Phase == RolloutPhase.Paused)
            .GroupBy(rollout => rollout.Policy).Select(policy => new { policy.Key, Number = policy.Max(rollout => rollout.Number) })
            .ToDictionaryAsync(policy => policy.Key, policy => policy.Number, StringComparer.Ordinal, ct);
    }

    // Reads what is done, at first and now and then, and of a policy whose rollout ended: it is done now, or the one before is in force again.
    private async Task RememberAsync(Dictionary<string, long> open, CancellationToken ct)
    {
        bool anew = _readAt is not { } readAt || time.GetElapsedTime(readAt) >= ReadAnew;
        string[] ended = [.. _open.Where(policy => !open.ContainsKey(policy))];
        if (anew || ended.Length > 0)
        {
            IReadOnlyList<(SettledRollout Rollout, bool Busy)> done = await ReadDoneAsync(anew ? null : ended, ct);
            string[] gone = anew ? [.. _settled.Keys, .. _busy.Keys] : ended;
            Array.ForEach(gone, Forget);
            foreach ((SettledRollout rollout, bool busy) in done)
            {
                (busy ? _busy : _settled)[rollout.Policy] = rollout;
                _fresh.Add(rollout.Policy);
            }
        }

        if (anew)
        {
            _readAt = time.GetTimestamp();
            Stir();
        }

        _open = [.. open.Keys];
    }

    private async Task<IReadOnlyList<(SettledRollout Rollout, bool Busy)>> ReadDoneAsync(string[]? policies, CancellationToken ct)
    {
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        IQueryable<RolloutRow> inForce = db.Rollouts.Where(rollout => rollout.Phase == RolloutPhase.Done && !db.Rollouts.Any(newer =>
            newer.Policy == rollout.Policy && newer.Number > rollout.Number
            && (newer.Phase == RolloutPhase.Running || newer.Phase == RolloutPhase.Paused || newer.Phase == RolloutPhase.Done)));
        inForce = policies is null ? inForce : inForce.Where(rollout => policies.Contains(rollout.Policy));
        var waiting = (await inForce.SelectMany(rollout => rollout.Targets, (rollout, target) => new { rollout.Number, target.Host, target.Phase })
            .Where(target => target.Phase != TargetPhase.Applied).ToListAsync(ct)).ToLookup(target => target.Number);
        var done = await inForce.Join(
                db.PolicyRevisions,
                rollout => new { rollout.Policy, Number = rollout.Revision },
                revision => new { revision.Policy, revision.Number },
                (rollout, revision) => new { rollout.Number, rollout.Policy, rollout.Revision, revision.Hosts })
            .ToListAsync(ct);
        return
        [
            .. done.Select(rollout => (
                new SettledRollout
                {
                    Number = rollout.Number,
                    Policy = rollout.Policy,
                    Revision = rollout.Revision,
                    Hosts = HostSelection.Stored(rollout.Hosts),
                    Open = [.. waiting[rollout.Number].Select(target => target.Host)],
                },
                waiting[rollout.Number].Any(target => target.Phase is TargetPhase.Pending or TargetPhase.Assigned))),
        ];
    }

    private void Forget(string policy)
    {
        _settled.Remove(policy);
        _busy.Remove(policy);
        _fresh.Remove(policy);
    }

    // Every host is asked of what was just read, and where what is asked changes by itself; else those that changed.
    private async Task<List<(SettledRollout Rollout, HostId[] Causes)>> ConcernedAsync(IReadOnlyList<(HostId Host, HostRecord? Now)> changes, CancellationToken ct)
    {
        SettledRollout[] all = [.. _settled.Values.Where(rollout => _fresh.Contains(rollout.Policy) || rollout.Moves)];
        if (all.Length > 0)
        {
            await selection.RefreshAsync(ct);
        }

        HostSelection.Asked asked = selection.Ask();
        List<(SettledRollout, HostId[])> concerned = [];
        foreach (SettledRollout rollout in changes.Count > 0 ? [.. _settled.Values] : all)
        {
            IEnumerable<HostId> causes = changes.Where(change => Concerns(rollout, change.Host, change.Now, asked)).Select(change => change.Host);
            if (_fresh.Contains(rollout.Policy) || rollout.Moves)
            {
                bool fresh = _fresh.Contains(rollout.Policy);
                causes = causes.Concat(asked.Hosts.Where(host => (fresh || !rollout.Open.Contains(host.Id)) && Concerns(rollout, host.Id, host, asked)).Select(host => host.Id));
            }

            if (causes.Distinct().ToArray() is { Length: > 0 } some)
            {
                concerned.Add((rollout, some));
            }
        }

        _fresh.Clear();
        return concerned;
    }

    private static bool Concerns(SettledRollout rollout, HostId id, HostRecord? host, HostSelection.Asked asked) =>
        rollout.Open.Contains(id)
        || (host is not null && rollout.MayConcern(id, host.Desired.TryGetValue(rollout.Policy, out int desired) ? desired : null, host.Access.Admitted)
            && asked.Selects(rollout.Hosts, host));

    private async Task TakeAsync(SettledRollout rollout, HostId[] causes, CancellationToken ct)
    {
        RolloutState? state = await TakeAsync(rollout.Number, ct);
        Forget(rollout.Policy);
        if (state?.Phase is RolloutPhase.Done)
        {
            bool busy = state.Targets.Any(target => target.Phase is TargetPhase.Pending or TargetPhase.Assigned);
            (busy ? _busy : _settled)[rollout.Policy] = rollout.After(state, causes);
        }
    }

    private async Task<RolloutState?> TakeAsync(long number, CancellationToken ct)
    {
        try
        {
            if (await step.TakeAsync(number, term, ct) is not { } taken)
            {
                return null;
            }

            if (taken.Changed)
            {
                Stir();
            }

            return taken.State;
        }
        catch (Exception error) when (error is not OperationCanceledException and not LeadershipLostException && DatabaseFailures.Reason(error) is null)
        {
            log.StepFailed(number, error);
            _readAt = null; // What is done is found again by reading anew.
            return null;
        }
    }
}
