using System.Globalization;
using Fleet.Contracts;

namespace Fleet.Simulator.Load;

/// <summary>Plays one scenario and counts what comes of it.</summary>
internal sealed class LoadRun(LoadOptions options, LoadFleet fleet, ServerApi? api, TimeProvider time, TextWriter progress)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ComingLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(30);
    private readonly long _start = time.GetTimestamp();
    private long _last;
    private double? _ready;
    private double? _settled;
    private long _drops;
    private int? _flagged;

    /// <summary>Runs to the scenario's end, or to the token's; either way there is a report.</summary>
    public async Task<LoadReport> RunAsync(CancellationToken ct)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] beside = [TellAsync(over.Token), .. Looks(over.Token)];
        bool sound = false;
        try
        {
            fleet.Start();
            sound = await PlayAsync(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Told to stop: what was counted until now is the report.
        }

        LoadReport report = Report(sound);
        await over.CancelAsync();
        await Task.WhenAll(beside);
        return report;
    }

    private bool Everyone => fleet.Counters.Connected >= options.Hosts;

    private bool NothingWaits => fleet.Hosts.All(host => host.Spool.Count is 0);

    private IEnumerable<Task> Looks(CancellationToken ct)
    {
        if (api is null)
        {
            yield break;
        }

        Dictionary<HostId, LoadHost> known = [];
        yield return api.LookAsync(ct);
        yield return api.FollowAsync(SkewOf, fleet.Counters.Visible, ct);

        TimeSpan? SkewOf(HostId id)
        {
            if (!known.ContainsKey(id))
            {
                known = fleet.Hosts.Where(host => host.Identity is not null).ToDictionary(host => host.Identity!.Host);
            }

            return known.TryGetValue(id, out LoadHost? host) ? host.Skew : null;
        }
    }

    private async Task<bool> PlayAsync(CancellationToken ct)
    {
        bool came = await UntilAsync(() => Everyone, options.Ramp + ComingLimit, ct);
        _ready = came ? Elapsed : null;

        // Not before: an event of a host that is still coming would wait for it, which says nothing of the server.
        fleet.StartMaking();
        switch (options.Scenario)
        {
            case LoadScenario.Reconnect:
                return await ReconnectAsync(ct) && came;
            case LoadScenario.Storm:
                fleet.Burst(fleet.Hosts, options.Burst);
                break;
            case LoadScenario.Flapping:
                await FlapAsync(ct);
                break;
        }

        if (options.Scenario is not LoadScenario.Flapping && came)
        {
            await Task.Delay(options.Duration, time, ct);
        }

        fleet.StopMaking();
        bool drained = await UntilAsync(() => NothingWaits, DrainLimit, ct);
        if (api is not null && options.Scenario is LoadScenario.Duplicates)
        {
            _flagged = await api.CountDuplicatesAsync(ct);
        }

        return came && drained && (_flagged ?? options.Hosts) >= options.Hosts;
    }

    private async Task<bool> ReconnectAsync(CancellationToken ct)
    {
        await Task.Delay(options.Duration, time, ct);
        fleet.CutNetwork(options.Compression);
        await UntilAsync(() => fleet.Counters.Connected is 0, ComingLimit, ct);
        fleet.Burst(fleet.Hosts, options.Burst);
        await Task.Delay(options.Outage / Math.Max(options.Compression, 1), time, ct);
        long back = time.GetTimestamp();
        fleet.MendNetwork();
        bool settled = await UntilAsync(() => Everyone && NothingWaitsLong(), ComingLimit, ct);
        _settled = settled ? Math.Round(time.GetElapsedTime(back).TotalSeconds, 1) : null;
        fleet.StopMaking();
        return await UntilAsync(() => NothingWaits, DrainLimit, ct) && settled;
    }

    // With a rate something always waits: what is there from the outage must be gone.
    private bool NothingWaitsLong() => fleet.Hosts.All(host => host.Spool.Count < Math.Max(options.Burst, 1));

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

        await UntilAsync(() => Everyone, ComingLimit, ct);
    }

    private async Task<bool> UntilAsync(Func<bool> condition, TimeSpan limit, CancellationToken ct)
    {
        long start = time.GetTimestamp();
        while (!condition())
        {
            if (time.GetElapsedTime(start) > limit)
            {
                return false;
            }

            await Task.Delay(Step, time, ct);
        }

        return true;
    }

    private double Elapsed => Math.Round(time.GetElapsedTime(_start).TotalSeconds, 1);

    private async Task TellAsync(CancellationToken ct)
    {
        using PeriodicTimer timer = new(Second, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                LoadCounters now = fleet.Counters;
                long acknowledged = now.Acknowledged;
                await progress.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Elapsed,6:0} s  connected {now.Connected}/{options.Hosts}  joined {now.Enrolled}  events {now.Produced} made, {acknowledged} stored ({acknowledged - _last}/s), {now.Lost} lost  refused {now.Refusals.Values.Sum()}  errors {now.Errors.Values.Sum()}{Silent()}"));
                _last = acknowledged;
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private string Silent() => api is null ? "" : $"  silent {api.States.GetValueOrDefault("silent")}  api {api.Answers.Percentile(0.95).TotalMilliseconds:0} ms";

    private LoadReport Report(bool sound)
    {
        LoadCounters now = fleet.Counters;
        return new LoadReport
        {
            Scenario = options.Scenario.ToString().ToLowerInvariant(),
            Hosts = options.Hosts,
            Seconds = Elapsed,
            Connected = now.Connected,
            Connections = now.Connections,
            Enrolled = now.Enrolled,
            Refused = now.Refusals,
            Errors = now.Errors,
            EventsProduced = now.Produced,
            EventsAcknowledged = now.Acknowledged,
            EventsLost = now.Lost,
            EventsWaiting = fleet.Hosts.Sum(host => (long)host.Spool.Count),
            Attestations = now.Attested,
            Join = LoadReport.Spread.Of(now.Joining),
            Connect = LoadReport.Spread.Of(now.Connecting),
            Acknowledge = LoadReport.Spread.Of(now.Acknowledging),
            Stored = LoadReport.Spread.Of(now.Stored),
            Visible = LoadReport.Spread.Of(now.Visible),
            ReadySeconds = _ready,
            SettledSeconds = _settled,
            Drops = _drops,
            DuplicatesFlagged = _flagged,
            Api = api is null ? null : Seen(api),
            Sound = sound,
        };
    }

    private static LoadReport.Operators Seen(ServerApi api)
    {
        LoadReport.Spread spread = LoadReport.Spread.Of(api.Answers);
        return new LoadReport.Operators(spread.Count, api.Failures, api.LastFailure, spread.P50, spread.P95, spread.P99, api.MostSilent, api.States);
    }
}
