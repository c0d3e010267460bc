using System.Text.Json;
using Fleet.Contracts;
using Fleet.EndToEnd.Tests.Harness;
using Fleet.Testing;

namespace Fleet.EndToEnd.Tests;

/// <summary>Two servers on one PostgreSQL, and one of them dies.</summary>
public sealed class FailoverTests
{
    private const int Hosts = 4;
    private const int Events = 6_000;
    private const int Looks = 200; // a query each

    private const string Document = """
        apiVersion: fleet/v1
        kind: ClaimPolicy
        metadata: { name: failover, description: Goes on when its server does not }
        spec:
          mode: enforce
          hosts: 'sim:true'
          claims:
            - region: { capability: pm }
              holder: platform
              onWrite: refuse
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Leader_KilledInAStorm_IsFollowedAndEveryAcknowledgedEventIsStoredOnce()
    {
        await using PostgresCluster cluster = await PostgresCluster.StartAsync();
        string database = await cluster.CreateDatabaseAsync();
        string keys = Places.NewData("failover-keys");
        await using ServerUnderTest a = await ServerUnderTest.StartAsync(Places.NewData("failover-a"), "--database", database, "--keys", keys);
        await using ServerUnderTest b = await ServerUnderTest.StartAsync(Places.NewData("failover-b"), "--database", database, "--keys", keys);
        string data = Places.NewData("failover-sim");
        await using Daemon simulator = Daemon.Start(
            Places.Simulator, "run", "--hosts", $"{Hosts}", "--server", a.Agents, "--server", b.Agents, "--token", await a.TokenAsync(Hosts), "--data", data,
            "--run", Path.Combine(data, "run"), "--no-mirror");
        await LiveAsync(simulator, b, data);

        // 1. A rollout that pauses half-way, and a storm; in the middle of it the leader is killed.
        await WaitFor.TrueAsync(async () => (await ServersAsync(a)).Any(server => server is { Answered: true, LeaderSince: not null }), what: "one of them leads");
        await a.Api.PutPolicyAsync("failover", Document, null, Cancel);
        RolloutView rollout = await b.Api.CreateRolloutAsync(new CreateRollout { Policy = "failover", Waves = [new WaveSpec(50, PauseAfter: true), new WaveSpec(100)] }, "failover-1", Cancel);
        await PhaseAsync(b, rollout.Id, RolloutPhase.Paused);
        Task<Output> storm = Shell.RunAsync(TimeSpan.FromMinutes(5), Places.Simulator, "storm", "--data", data, "--events", $"{Events}");
        await WaitFor.TrueAsync(async () => await CountAsync(cluster, database) > 100, TimeSpan.FromSeconds(60), "events arrive");
        await a.KillAsync();
        (await storm).Succeeded();

        // 2. The other one leads, holds the agents, and finishes what was begun.
        await simulator.UntilAsync(
            async () => (await ServersAsync(b)).Any(server => server is { Answered: true, LeaderSince: not null, Agents: Hosts }), TimeSpan.FromSeconds(60), "the other server led and held every agent");
        await b.Api.ResumeRolloutAsync(rollout.Id, Cancel);
        await PhaseAsync(b, rollout.Id, RolloutPhase.Done);
        await AcknowledgedAsync(simulator, data);

        // 3. Nothing is lost, nothing is there twice.
        // Agents tell a little later what they merged, so both sides are read until they agree.
        HashSet<string> produced = [];
        string[] keysStored = [];
        for (int look = 0; look is 0 || (look < Looks && !produced.SetEquals(keysStored)); look++)
        {
            keysStored = await StoredAsync(cluster, database);
            produced = Produced(data);
        }

        Assert.True(produced.Count >= Events / 2, $"{produced.Count} events were produced");
        Assert.Equal(keysStored.Length, keysStored.Distinct().Count());
        Assert.Empty(produced.Except(keysStored));
        Assert.Empty(keysStored.Except(produced));

        // 4. A server that comes back finds its place, and agents are shared again.
        await using ServerUnderTest again = await ServerUnderTest.StartAsync(Places.NewData("failover-again"), "--database", database, "--keys", keys);
        await WaitFor.TrueAsync(async () => (await ServersAsync(again)).Count(server => server.Alive) is 2);
        await WaitFor.TrueAsync(async () => (await Api.AllAsync(query => again.Api.ListHostsAsync(query, Cancel))).All(host => host.State is "live"), what: "every host is live");
        Assert.Equal(0, await simulator.StopAsync());
    }

    private static Task LiveAsync(Daemon simulator, ServerUnderTest server, string data) => simulator.UntilAsync(
        async () => File.Exists(Path.Combine(data, "sim-endpoints.json")) && (await server.Api.ListHostsAsync(new(), Cancel)).Items.Count(host => host.State == "live") is Hosts,
        TimeSpan.FromSeconds(60),
        "every host was live at the server that it did not join");

    private static Task PhaseAsync(ServerUnderTest server, string rollout, RolloutPhase phase) =>
        WaitFor.TrueAsync(async () => (await server.Api.GetRolloutAsync(rollout, Cancel)).Value.Phase == phase, TimeSpan.FromSeconds(60), $"the rollout is {phase}");

    private static async Task<IReadOnlyList<ServerView>> ServersAsync(ServerUnderTest server) => (await server.Api.ListServersAsync(Cancel)).Items;

    private static async Task<long> CountAsync(PostgresCluster cluster, string database) =>
        long.Parse(await cluster.SqlAsync(PostgresCluster.NameIn(database), "SELECT count(*) FROM events WHERE epoch > 0"), System.Globalization.CultureInfo.InvariantCulture);

    private static async Task AcknowledgedAsync(Daemon simulator, string data)
    {
        using JsonDocument endpoints = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(data, "sim-endpoints.json"), Cancel));
        Uri metrics = new(endpoints.RootElement.GetProperty("metrics").GetString()!);
        await simulator.UntilAsync(
            async () => (await Scrape.ReadAsync(metrics)).Sum("pcifleet_events_spooled") is 0, TimeSpan.FromMinutes(2), "everything was acknowledged");
    }

    private static async Task<string[]> StoredAsync(PostgresCluster cluster, string database)
    {
        string stored = await cluster.SqlAsync(
            PostgresCluster.NameIn(database), "SELECT h.id || ' ' || e.epoch || ' ' || e.seq FROM events e JOIN event_hosts h ON h.day = e.day AND h.key = e.host WHERE e.epoch > 0");
        return [.. stored.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Replace("-", "", StringComparison.Ordinal))];
    }

    private static HashSet<string> Produced(string data)
    {
        HashSet<string> produced = [];
        foreach (string line in Directory.GetFiles(Path.Combine(data, "ledger")).SelectMany(WholeLines))
        {
            using JsonDocument entry = JsonDocument.Parse(line);
            Assert.True(produced.Add($"{entry.RootElement.GetProperty("host")} {entry.RootElement.GetProperty("epoch")} {entry.RootElement.GetProperty("sequence")}"), $"{line} was given twice");
        }

        return produced;
    }

    /// <summary>But for one that is just being written.</summary>
    private static string[] WholeLines(string file) => File.ReadAllText(file).Split('\n')[..^1];
}
