using System.Diagnostics;
using System.Globalization;
using Fleet.Contracts;
using Fleet.Simulator.Load;
using Fleet.Testing;

namespace Fleet.Bench.Load;

/// <summary>Two servers on one PostgreSQL with very many agents: how long an event takes from an agent of one to readers of the other, what a kill -9 of one costs, how soon agents are evened out when it is back.</summary>
internal static class FailoverBench
{
    private const int Agents = 5_000;
    private const double EventRate = 300;
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <param name="output">Where the rows go.</param>
    /// <param name="arguments">A number of agents.</param>
    public static void Run(TextWriter output, string[] arguments)
    {
        int agents = arguments is [var number, ..] ? int.Parse(number, CultureInfo.InvariantCulture) : Agents;
        if (PostgresCluster.Programs is null)
        {
            throw new ArgumentException("failover needs PostgreSQL: apt-get install postgresql.");
        }

        string place = Directory.CreateTempSubdirectory("fleet-failover-").FullName;
        try
        {
            RunAsync(output, place, agents).GetAwaiter().GetResult();
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }
    }

    private static async Task RunAsync(TextWriter output, string place, int agents)
    {
        await using PostgresCluster cluster = await PostgresCluster.StartAsync(durable: true);
        string[] more = ["--database", await cluster.CreateDatabaseAsync("fleet"), "--keys", Path.Combine(place, "keys"), "--enrol-rate", "1000"];
        await using ServerProcess dying = await ServerProcess.StartAsync(Path.Combine(place, "a"), more);
        await using ServerProcess living = await ServerProcess.StartAsync(Path.Combine(place, "b"), more);
        LoadOptions options = new()
        {
            Servers = [dying.Agents, living.Agents],
            DataDirectory = Path.Combine(place, "hosts"),
            Hosts = agents,
            Ramp = TimeSpan.FromSeconds(45),
            Rate = EventRate,
        };
        using ServerApi api = new(living.Http!, living.AdminToken!, TimeProvider.System);
        using CancellationTokenSource over = new();
        DateTimeOffset begun = TimeProvider.System.GetUtcNow();
        await using LoadFleet fleet = await LoadFleet.OpenAsync(options, api, TimeProvider.System, over.Token);
        Histogram across = new();
        Histogram here = new();
        Dictionary<HostId, LoadHost> hosts = [];
        fleet.Start();
        await UntilAsync("every agent is connected", () => fleet.Counters.Connected == agents);
        hosts = fleet.Hosts.ToDictionary(host => host.Identity!.Host);
        Task[] looks =
        [
            api.LookAsync(over.Token),
            api.FollowAsync(id => hosts.ContainsKey(id) ? TimeSpan.Zero : null, (id, delay) => (hosts[id].Server == dying.Agents ? across : here).Add(delay), over.Token),
        ];
        fleet.StartMaking();
        await Task.Delay(Steady, TimeProvider.System);
        Say(output, $"{agents} agents, {Count(fleet, dying)} on one server and {Count(fleet, living)} on the other; {EventRate:0} events/s");
        Say(output, $"event made → at readers of the other server p50 {Milliseconds(across, 0.5)}, p99 {Milliseconds(across, 0.99)} ({across.Count}); of its own p50 {Milliseconds(here, 0.5)}, p99 {Milliseconds(here, 0.99)} ({here.Count})");

        // 1. One dies.
        long killed = Stopwatch.GetTimestamp();
        await dying.KillAsync();
        await UntilAsync("every agent is on the living server", () => Count(fleet, living) == agents);
        TimeSpan settled = Stopwatch.GetElapsedTime(killed);
        await UntilAsync("what gathered is stored", () => fleet.Hosts.All(host => host.Spool.Count < 2));
        Say(output, $"kill -9 of one: every agent on the other after {settled.TotalSeconds:0.0} s, what had gathered stored after {Stopwatch.GetElapsedTime(killed).TotalSeconds:0.0} s; {api.Failures} of {api.Answers.Count} requests of operators failed{(api.LastFailure is { } last ? $" ({last})" : "")}, p95 {Milliseconds(api.Answers, 0.95)}");

        // 2. It comes back.
        long back = Stopwatch.GetTimestamp();
        await using ServerProcess again = await ServerProcess.StartAsync(Path.Combine(place, "a"), dying, more);
        await UntilAsync("agents are evened out", () => Count(fleet, again) >= agents * 4 / 10);
        Say(output, $"back again: {Count(fleet, again)} and {Count(fleet, living)} agents after {Stopwatch.GetElapsedTime(back).TotalSeconds:0.0} s; {api.Failures} of {api.Answers.Count} requests of operators failed");

        // 3. What is stored.
        fleet.StopMaking();
        await UntilAsync("nothing waits", () => fleet.Counters.Connected == agents && fleet.Hosts.All(host => host.Spool.Count is 0));
        StoredEvents stored = StoredEvents.Of(fleet.Hosts);
        await api.ReadEventsAsync(begun - TimeSpan.FromMinutes(1), stored.Add, over.Token);
        Say(output, $"{fleet.Counters.Produced} events made, {stored.Found} stored, {stored.Missing} missing, {stored.Twice} twice, {stored.OutOfOrder} out of order");
        await over.CancelAsync();
        await Task.WhenAll(looks);
    }

    private static int Count(LoadFleet fleet, ServerProcess server) => fleet.Hosts.Count(host => host.Connected && host.Server == server.Agents);

    private static string Milliseconds(Histogram times, double share) => string.Create(CultureInfo.InvariantCulture, $"{times.Percentile(share).TotalMilliseconds:0} ms");

    private static void Say(TextWriter output, FormattableString row)
    {
        output.WriteLine("failover: " + row.ToString(CultureInfo.InvariantCulture));
        output.Flush();
    }

    private static async Task UntilAsync(string what, Func<bool> condition)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > Limit)
            {
                throw new ArgumentException($"failover: not within {Limit.TotalMinutes:0} minutes: {what}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }
}
