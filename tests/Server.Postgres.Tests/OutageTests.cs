using System.Net;
using Fleet.Contracts;
using Fleet.Server.Data.Events;
using Fleet.Server.Tests.Host;
using Fleet.Testing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Postgres;

/// <summary>A PostgreSQL that goes away under a running server, in each way in which that happens: nothing acknowledged is lost, nothing is stored twice, and it is said.</summary>
public sealed class OutageTests
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(90);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("INT")]
    [InlineData("QUIT")]
    public async Task PostgresRestart_UnderARunningServer_LosesAndRepeatsNothing(string signal)
    {
        await using PostgresCluster cluster = await PostgresCluster.StartAsync(durable: true);
        await using TestServer server = new() { Given = await cluster.CreateDatabaseAsync() };
        await server.InitializeAsync();
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "steady");
        await agent.ConnectAsync();
        using CancellationTokenSource enough = new();
        Task<long> pushing = PushAsync(agent, enough.Token);
        await UntilStoredAsync(server, 200);

        await cluster.StopAsync(signal);
        using HttpClient admin = server.Admin();
        HttpResponseMessage refused = await admin.GetAsync("/api/v1/audit", Ct);
        HttpResponseMessage sick = await server.Anonymous().GetAsync("/healthz", Ct);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Contains("\"unavailable\"", await refused.Content.ReadAsStringAsync(Ct));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, sick.StatusCode);
        Assert.Contains("PostgreSQL", await sick.Content.ReadAsStringAsync(Ct));

        await cluster.StartAsync();
        long before = await StoredAsync(server);
        await WaitFor.TrueAsync(async () => await StoredAsync(server) > before + 200, Recovery, "events are stored again");
        await WaitFor.TrueAsync(async () => (await server.Anonymous().GetAsync("/healthz", Ct)).IsSuccessStatusCode, Recovery);
        await enough.CancelAsync();
        await OnceEachAsync(server, agent, await pushing);
    }

    [Fact]
    public async Task BackendKilled_AmidTransactions_LosesAndRepeatsNothing()
    {
        await using PostgresCluster cluster = await PostgresCluster.StartAsync(durable: true);
        await using TestServer server = new() { Given = await cluster.CreateDatabaseAsync() };
        await server.InitializeAsync();
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "steady");
        await agent.ConnectAsync();
        using CancellationTokenSource enough = new();
        Task<long> pushing = PushAsync(agent, enough.Token);
        for (int kill = 0; kill < 5; kill++)
        {
            await UntilStoredAsync(server, (await StoredAsync(server)) + 50);
            await cluster.SqlAsync("postgres", "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'fleet-server'");
        }

        await UntilStoredAsync(server, (await StoredAsync(server)) + 50);
        await enough.CancelAsync();
        await OnceEachAsync(server, agent, await pushing);
    }

    [Fact]
    public async Task DiskFull_OfPostgreSql_IsNotAcknowledgedAndSaid()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can mount a small disk.");
        await using PostgresCluster cluster = await PostgresCluster.StartAsync(smallDisk: 48);
        string database = await cluster.CreateDatabaseAsync();
        await using TestServer server = new() { Given = database };
        await server.InitializeAsync();
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "steady");
        await agent.ConnectAsync();
        await agent.PushAsync(agent.Contention(1));

        // The tables of events are on the small disk from here on; its rest is taken away.
        foreach (string table in (await cluster.SqlAsync(PostgresCluster.NameIn(database), "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^(events|contention)_'")).Split('\n'))
        {
            await cluster.SqlAsync(PostgresCluster.NameIn(database), $"ALTER TABLE {table} SET TABLESPACE small");
        }

        await cluster.FillDiskAsync();
        long acknowledged = 1;
        while (await TryPushAsync(agent, [.. Enumerable.Range(0, 500).Select(i => agent.Contention(acknowledged + 1 + i, comm: $"tool-{i}"))]) is { } reached && reached > acknowledged)
        {
            acknowledged = reached;
        }

        Assert.Equal(acknowledged, (await EventsAsync(server, agent)).Max());
        HttpResponseMessage sick = await server.Anonymous().GetAsync("/healthz", Ct);
        Assert.Contains("no room left", await sick.Content.ReadAsStringAsync(Ct));

        await cluster.FreeDiskAsync();
        await WaitFor.TrueAsync(async () => await TryPushAsync(agent, agent.Contention(acknowledged + 1)) == acknowledged + 1, Recovery, "there is room again");
        Assert.Equal("ok\n", await server.Anonymous().GetStringAsync("/healthz", Ct));
    }

    // As an agent does: what is not acknowledged is sent again, from the mark on.
    private static async Task<long> PushAsync(TestAgent agent, CancellationToken enough)
    {
        long acknowledged = 0;
        while (!enough.IsCancellationRequested)
        {
            acknowledged = await TryPushAsync(agent, [.. Enumerable.Range(0, 20).Select(i => agent.Contention(acknowledged + 1 + i))]) ?? acknowledged;
        }

        return acknowledged;
    }

    private static async Task<long?> TryPushAsync(TestAgent agent, params FleetEvent[] events)
    {
        try
        {
            return (await agent.PushAsync(events)).Sequence;
        }
        catch (HubException)
        {
            return null;
        }
    }

    private static Task UntilStoredAsync(TestServer server, long events) => WaitFor.TrueAsync(async () => await StoredAsync(server) >= events, Recovery, $"{events} events are stored");

    private static async Task<long> StoredAsync(TestServer server)
    {
        try
        {
            return (await server.Services.GetRequiredService<IEventStore>().EndAsync(Ct)).Row;
        }
        catch (StoreUnavailableException)
        {
            return -1;
        }
    }

    private static async Task<List<long>> EventsAsync(TestServer server, TestAgent agent)
    {
        IEventStore store = server.Services.GetRequiredService<IEventStore>();
        List<StoredEvent> all = [];
        EventPosition position = default;
        while (await store.ForwardAsync(EventFilter.Everything, position, 1000, Ct) is { Items.Count: > 0 } page)
        {
            all.AddRange(page.Items);
            position = page.Next!.Value;
        }

        return [.. all.Where(item => item.Event.Host == agent.Id && item.Event.Epoch > IncomingBatch.ServerEpoch).Select(item => item.Event.Sequence)];
    }

    // All that was acknowledged, once, in order; a batch that was stored while its acknowledgement got lost may follow.
    private static async Task OnceEachAsync(TestServer server, TestAgent agent, long acknowledged)
    {
        List<long> stored = await EventsAsync(server, agent);
        Assert.Equal(Enumerable.Range(1, stored.Count).Select(sequence => (long)sequence), stored);
        Assert.True(stored.Count >= acknowledged, $"{acknowledged} were acknowledged, {stored.Count} are stored");
    }
}
