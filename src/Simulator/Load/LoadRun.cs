using Fleet.Contracts;

namespace Fleet.Simulator.Load;

/// <summary>Plays one scenario and counts what comes of it.</summary>
internal sealed class LoadRun(LoadOptions options, LoadFleet fleet, ServerApi? api, TimeProvider time, Action<LoadProgress> progress)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    // Time in which not one host more came, nor one event more was acknowledged: then it will not be better for waiting.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly long _start = time.GetTimestamp();
    private readonly LoadJudge _judge = new(options, fleet, api, time);
    private double? _ready;
    private double? _settled;
    private long _drops;

    /// <summary>Runs to the scenario's end, or to the token's; either way there is a report.</summary>
    public async Task<LoadReport> RunAsync(CancellationToken ct)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] beside = [TellAsync(over.Token), .. Looks(over.Token)];
        IReadOnlyList<LoadPromise>? promises = null;
        try
        {
            fleet.Start();
            bool came = await ComeAsync(ct);
            bool settled = came && await PlayAsync(ct);
            fleet.StopMaking();
            promises = await _judge.JudgeAsync(came, settled, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Told to stop: what was counted until now is the report.
        }

        LoadReport report = LoadReport.Of(options, fleet, api) with
        {
            Seconds = Elapsed,
            ReadySeconds = _ready,
            SettledSeconds = _settled,
            Drops = _drops,
            Stopped = promises is null,
            Promises = promises ?? [],
        };
        await over.CancelAsync();
        await Task.WhenAll(beside);
        return report;
    }

    private bool Everyone => fleet.Counters.Connected >= options.Hosts;

    // An event leaves its spool before it is counted.
    private bool NothingWaits => fleet.Hosts.All(host => host.Spool.Count is 0) && fleet.Counters.Acknowledged == fleet.Counters.Produced;

    private double Elapsed => Math.Round(time.GetElapsedTime(_start).TotalSeconds, 1);

    private IEnumerable<Task> Looks(CancellationToken ct)
    {
        if (api is null)
        {
            yield break;
        }

        Dictionary<HostId, LoadHost> known = [];
        yield return api.LookAsync(ct);
        yield return api.FollowAsync(SkewOf, (_, delay) => fleet.Counters.Visible.Add(delay), ct);

        TimeSpan? SkewOf(HostId id)
        {
            if (!known.ContainsKey(id))
            {
                known = fleet.Hosts.Where(host => host.Identity is not null).DistinctBy(host => host.Identity!.Host).ToDictionary(host => host.Identity!.Host);
            }

            return known.TryGetValue(id, out LoadHost? host) ? host.Skew : null;
        }
    }

    private async Task<bool> ComeAsync(CancellationToken ct)
    {
        bool came = await UntilAsync(() => Everyone, options.Ramp + Patience, ct);
        _ready = came ? Elapsed : null;
        return came;
    }

    /// <summary>What the scenario is about. Events begin now: one of a host that is still coming would wait for it, which says nothing of the server.</summary>
    /// <returns>Whether all were there and nothing waited at the end.</returns>
    private async Task<bool> PlayAsync(CancellationToken ct)
    {
        fleet.StartMaking();
        switch (options.Scenario)
        {
            case LoadScenario.Reconnect:
                await Task.Delay(options.Duration, time, ct);
                fleet.CutNetwork(options.Compression);
                await UntilAsync(() => fleet.Counters.Connected is 0, Patience, ct);
                fleet.Burst(fleet.Hosts, options.Burst);
                await Task.Delay(options.Outage / Math.Max(options.Compression, 1), time, ct);
                fleet.MendNetwork();
                return await SettleAsync(ct);
            case LoadScenario.Storm:
                await Task.Delay(options.Duration / 2, time, ct);
                fleet.Burst(fleet.Hosts, options.Burst);
                bool settled = await SettleAsync(ct);
                await Task.Delay(options.Duration / 2, time, ct);
                break;
            case LoadScenario.Flapping:
                await FlapAsync(ct);
                return await SettleAsync(ct);
            default:
                await Task.Delay(options.Duration, time, ct);
                break;
        }

        fleet.StopMaking();
        return await UntilAsync(() => Everyone && NothingWaits, Patience, ct);
    }

    /// <summary>Until every host is there and what gathered is gone; with a rate something always waits.</summary>
    private async Task<bool> SettleAsync(CancellationToken ct)
    {
        long since = time.GetTimestamp();
        bool settled = await UntilAsync(() => Everyone && fleet.Hosts.All(host => host.Spool.Count < Math.Max(options.Burst, 2)), Patience, ct);
        _settled = settled ? Math.Round(time.GetElapsedTime(since).TotalSeconds, 1) : null;
        fleet.StopMaking();
        return await UntilAsync(() => Everyone && NothingWaits, Patience, ct) && settled;
    }

    private async Task FlapAsync(CancellationToken ct)
    {
        LoadHost[] flapping = [.. fleet.Hosts.Take((int)Math.Ceiling(fleet.Hosts.Length * options.Share))];
        long start = time.GetTimestamp();
        while (time.GetElapsedTime(start) < options.Duration)
        {
            foreach (LoadHost host in flapping.Where(host => host.Connected))
            {
                host.Cut(new IOException("the host flaps"));
                _drops++;
            }

            await Task.Delay(Second, time, ct);
        }
    }

    /// <summary>Waits for a condition as long as there is progress towards it.</summary>
    private async Task<bool> UntilAsync(Func<bool> condition, TimeSpan patience, CancellationToken ct)
    {
        long since = time.GetTimestamp();
        (long Most, long Enrolled, long Acknowledged) best = default;
        while (!condition())
        {
            LoadCounters counters = fleet.Counters;
            (long Most, long Enrolled, long Acknowledged) now = (Math.Max(best.Most, counters.Connected), counters.Enrolled, counters.Acknowledged);
            if (now != best)
            {
                (best, since) = (now, time.GetTimestamp());
            }
            else if (time.GetElapsedTime(since) > patience)
            {
                return false;
            }

            await Task.Delay(Step, time, ct);
        }

        return true;
    }

    private async Task TellAsync(CancellationToken ct)
    {
        using PeriodicTimer timer = new(Second, time);
        long before = 0;
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                LoadProgress now = LoadProgress.Of(options, fleet.Counters, api, Elapsed, before);
                before = now.EventsAcknowledged;
                progress(now);
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }
}
