using System.Globalization;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Simulator.Load;

/// <summary>Says at the end of a scenario what held and what did not: by what the hosts saw and, where it can look, by what the server has and shows.</summary>
internal sealed class LoadJudge(LoadOptions options, LoadFleet fleet, ServerApi? api, TimeProvider time)
{
    private static readonly TimeSpan ShowLimit = TimeSpan.FromSeconds(90); // Longer than two reports of state apart.
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);
    private readonly DateTimeOffset _begun = time.GetUtcNow();
    private readonly List<LoadPromise> _promises = [];

    /// <param name="came">Whether every host was connected before the scenario began.</param>
    /// <param name="settled">Whether every host was back, and nothing waited, once the scenario was over.</param>
    /// <param name="ct">Ends it; then there is no judgement.</param>
    public async Task<IReadOnlyList<LoadPromise>> JudgeAsync(bool came, bool settled, CancellationToken ct)
    {
        LoadCounters now = fleet.Counters;
        long waiting = fleet.Hosts.Sum(host => (long)host.Spool.Count);
        Promise("every host came", came, $"{now.Connections} connections of {options.Hosts} hosts");
        Promise("every host is connected and nothing waits", settled && now.Connected >= options.Hosts && waiting is 0, $"{now.Connected} of {options.Hosts} connected, {waiting} events waiting");
        Promise("every event was acknowledged", now.Acknowledged == now.Produced, $"{now.Acknowledged} of {now.Produced}");
        if (now.Lost > 0)
        {
            Promise("no host's spool overflowed", false, $"{now.Lost} events found no room; --burst or --rate is more than the server takes");
        }

        if (options.Scenario is LoadScenario.Enrol)
        {
            int identities = fleet.Hosts.Select(host => host.Identity?.Host).OfType<HostId>().Distinct().Count();
            Promise("every host joined once, as a host of its own", now.Enrolled == options.Hosts && identities == options.Hosts, $"{now.Enrolled} joined, {identities} identities");
        }

        if (api is not null)
        {
            await LookAsync(api, ct);
        }

        return _promises;
    }

    private void Promise(string what, bool held, FormattableString seen) => _promises.Add(new LoadPromise(what, held, seen.ToString(CultureInfo.InvariantCulture)));

    private async Task LookAsync(ServerApi server, CancellationToken ct)
    {
        try
        {
            await LookAtEventsAsync(server, ct);
            await LookAtHostsAsync(server, ct);
            if (options.Attest)
            {
                await LookAtAttestationsAsync(server, ct);
            }
        }
        catch (Exception error) when (error is HttpRequestException or JsonException or IOException)
        {
            Promise("the server could be read at the end", false, $"{error.Message}");
        }

        Promise("no request of an operator failed", server.Failures is 0, $"{server.Failures} of {server.Answers.Count}{(server.LastFailure is { } last ? $", the last: {last}" : "")}");
    }

    private async Task LookAtEventsAsync(ServerApi server, CancellationToken ct)
    {
        StoredEvents stored = StoredEvents.Of(fleet.Hosts);
        TimeSpan behind = options.Scenario is LoadScenario.Skew ? options.Skew : TimeSpan.Zero;
        await server.ReadEventsAsync(_begun - behind - TimeSpan.FromMinutes(1), stored.Add, ct);
        Promise(
            "every event is stored once, in its host's order",
            stored is { Missing: 0, Twice: 0, NeverMade: 0, OutOfOrder: 0 },
            $"{stored.Found} read back, {stored.Missing} missing, {stored.Twice} twice, {stored.NeverMade} never made, {stored.OutOfOrder} out of order");
    }

    private async Task LookAtHostsAsync(ServerApi server, CancellationToken ct)
    {
        HostsShown shown = HostsShown.Of(await server.ReadHostsAsync(ct), fleet.Hosts);
        for (long start = time.GetTimestamp(); !AsItShould(shown) && time.GetElapsedTime(start) < ShowLimit;)
        {
            await Task.Delay(LookInterval, time, ct);
            shown = HostsShown.Of(await server.ReadHostsAsync(ct), fleet.Hosts);
        }

        Promise("the server shows every host as live", shown.Listed == options.Hosts && shown.Live == options.Hosts, $"{shown.Live} of {shown.Listed} listed");
        Promise(
            options.Scenario is LoadScenario.Duplicates ? "the server shows every clone as one" : "the server takes no host for another's clone",
            shown.Duplicates == Clones,
            $"{shown.Duplicates} shown, {Clones} there");
        Promise(
            options.Scenario is LoadScenario.Skew ? "the server shows how far each clock is off" : "the server shows every clock as right",
            shown.RightClocks == options.Hosts,
            $"{shown.RightClocks} of {options.Hosts}");
    }

    private bool AsItShould(HostsShown shown) =>
        shown.Listed == options.Hosts && shown.Live == options.Hosts && shown.RightClocks == options.Hosts && shown.Duplicates == Clones;

    // One that is left over, its group being one host, is nobody's clone.
    private int Clones => options.Scenario is LoadScenario.Duplicates && options.Clones > 1
        ? options.Hosts - (options.Hosts % options.Clones is 1 ? 1 : 0)
        : 0;

    private async Task LookAtAttestationsAsync(ServerApi server, CancellationToken ct)
    {
        HashSet<HostId> ours = [.. fleet.Hosts.Select(host => host.Identity?.Host).OfType<HostId>()];
        int functions = fleet.SpdmFunctions;
        (int attested, int failed) = await server.CountAttestedAsync(ours, ct);
        for (long start = time.GetTimestamp(); attested < functions && time.GetElapsedTime(start) < ShowLimit;)
        {
            await Task.Delay(LookInterval, time, ct);
            int before = attested;
            (attested, failed) = await server.CountAttestedAsync(ours, ct);
            start = attested > before ? time.GetTimestamp() : start;
        }

        Promise("every function that can be attested was", attested == functions, $"{attested} of {functions}");
        Promise("no genuine device failed attestation", failed is 0, $"{failed} failed");
    }
}
