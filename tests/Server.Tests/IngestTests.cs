using System.Net.Http.Json;
using Fleet.Contracts;
using Fleet.Server.Tests.Host;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.Server.Tests;

public sealed class IngestTests
{
    [Fact]
    public async Task PushEvents_RepeatedAlsoAfterARestart_StoresEachOnce()
    {
        await using TestServer server = new();
        await server.InitializeAsync();
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "storm");
        Assert.Equal(0, (await agent.ConnectAsync()).AcknowledgedSequence);

        Assert.Equal(2, (await agent.PushAsync(agent.Contention(1), agent.Contention(2))).Sequence);
        Assert.Equal(3, (await agent.PushAsync(agent.Contention(2), agent.Contention(3))).Sequence);
        await agent.Hub.StopAsync(TestContext.Current.CancellationToken);
        await server.RestartAsync();
        Assert.Equal(3, (await agent.ConnectAsync()).AcknowledgedSequence);
        Assert.Equal(4, (await agent.PushAsync(agent.Contention(1), agent.Contention(2), agent.Contention(3), agent.Contention(4))).Sequence);

        Assert.Equal([4, 3, 2, 1], (await EventsAsync(server, "kind:contention.access")).Items.Select(item => item.Sequence));
        ContentionSeries series = await GetAsync<ContentionSeries>(server, "/api/v1/contention?by=caller,host,function");
        Assert.Equal(4, series.Total);
        Assert.Equal("setpci", Assert.Single(series.Groups).Key["caller"]);
    }

    [Fact]
    public async Task PushEvents_SequenceWithHole_StoresThatEventsAreMissing()
    {
        await using TestServer server = new();
        await server.InitializeAsync();
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "hole");
        await agent.ConnectAsync();

        await agent.PushAsync(agent.Contention(1), agent.Contention(5));

        FleetEvent loss = Assert.Single((await EventsAsync(server, "kind:agent.loss")).Items);
        Assert.Equal(3, loss.Count);
        Assert.Contains("2 to 4", loss.Detail);
    }

    [Fact]
    public async Task PushEvents_MergedAndLost_AreCountedByWhatTheyStandFor()
    {
        await using TestServer server = new();
        await server.InitializeAsync();
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "counted");
        await agent.ConnectAsync();
        FleetEvent loss = agent.Contention(3) with { Kind = EventKinds.AgentLoss, Count = 40, Caller = null };

        await agent.PushAsync(
            agent.Contention(1) with { Kind = EventKinds.ContentionBypass, Count = 7 }, agent.Contention(2) with { Kind = EventKinds.ContentionBypass },
            loss, loss with { Sequence = 4, Count = 500, Sensor = "kprobe" });

        using HttpClient admin = server.Admin();
        string metrics = await admin.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Matches("""pcifleet_ingest_events_total\{[^}]*kind="contention.bypass"[^}]*\} 2\b""", metrics);
        Assert.Matches("""pcifleet_ingest_occurrences_total\{[^}]*kind="contention.bypass"[^}]*\} 8\b""", metrics);
        Assert.Matches("""pcifleet_ingest_lost_total\{[^}]*what="event"[^}]*\} 40\b""", metrics);
        Assert.Matches("""pcifleet_ingest_lost_total\{[^}]*what="sighting"[^}]*\} 500\b""", metrics);
    }

    [Fact]
    public async Task PushEvents_CountBeyondAnySum_IsRefused()
    {
        await using TestServer server = new();
        await server.InitializeAsync();
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "flood");
        await agent.ConnectAsync();

        await Assert.ThrowsAsync<HubException>(() => agent.PushAsync(agent.Contention(1) with { Count = long.MaxValue }));
    }

    [Fact]
    public async Task PushEvents_NamingAnotherHost_IsRefusedWhole()
    {
        await using TestServer server = new();
        await server.InitializeAsync();
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "liar");
        await agent.ConnectAsync();
        FleetEvent foreign = agent.Contention(2) with { Host = new HostId(Guid.CreateVersion7()) };

        await Assert.ThrowsAsync<HubException>(() => agent.PushAsync(agent.Contention(1), foreign));

        Assert.Empty((await EventsAsync(server, "kind:contention.access")).Items);
    }

    [Fact]
    public async Task PushEvents_BeforeHello_IsRefused()
    {
        await using TestServer server = new();
        await server.InitializeAsync();
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "rude");
        await agent.ConnectAsync();
        await agent.Hub.StopAsync(TestContext.Current.CancellationToken);
        await agent.Hub.StartAsync(TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<HubException>(() => agent.PushAsync(agent.Contention(1)));
    }

    [Fact]
    public async Task Hello_SaidAgainOnOneConnection_IsRefusedAndChangesNothing()
    {
        await using TestServer server = new();
        await server.InitializeAsync();
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "first-name");
        await agent.ConnectAsync();

        await Assert.ThrowsAsync<HubException>(() => agent.GreetAsync(agent.Facts() with { Name = "second-name" }));

        Assert.Equal("first-name", (await GetAsync<HostView>(server, $"/api/v1/hosts/{agent.Id}")).Name);
        Assert.Equal(1, (await agent.PushAsync(agent.Contention(1))).Sequence);
    }

    [Fact]
    public async Task PushEvents_OfAnotherEpochThanGreeted_IsRefused()
    {
        await using TestServer server = new();
        await server.InitializeAsync();
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "two-lives");
        await agent.ConnectAsync(epoch: 7);

        await Assert.ThrowsAsync<HubException>(() => agent.PushAsync(agent.Contention(1, epoch: 8)));

        Assert.Empty((await EventsAsync(server, "kind:contention.access")).Items);
        Assert.Equal(1, (await agent.PushAsync(agent.Contention(1, epoch: 7))).Sequence);
    }

    private static Task<Page<FleetEvent>> EventsAsync(TestServer server, string q) =>
        GetAsync<Page<FleetEvent>>(server, $"/api/v1/events?q={Uri.EscapeDataString(q)}");

    private static async Task<T> GetAsync<T>(TestServer server, string path)
    {
        using HttpClient admin = server.Admin();
        return (await admin.GetFromJsonAsync<T>(path, FleetJson.Options))!;
    }
}
