using System.Collections.Concurrent;
using System.Net.Http.Json;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Events;
using Fleet.Server.Tests.Admission;
using Fleet.Server.Tests.Host;
using Fleet.Server.Tests.Telling;
using Fleet.Testing;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests;

/// <summary>What the databases of other fleets' servers went wrong with.</summary>
public sealed class StoreScarsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // spire#5954: each call of an agent fetched the agent's own row first.
    [Fact]
    public async Task Spire5954_CallsOfAConnectedAgent_ReadNothingOfItsHost()
    {
        const int Calls = 40;
        Questions asked = new();
        await using TestServer server = new() { Adjust = asked.Listen };
        await server.InitializeAsync();
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "busy");
        HelloReply greeted = await agent.ConnectAsync();
        StateReport state = new(0, [], [], 0, null);
        await ReportAsync(agent, state);
        asked.Forget();

        for (int call = 1; call <= Calls; call++)
        {
            await agent.PushAsync(agent.Contention(call));
            await ReportAsync(agent, state);
            Assert.Null(await agent.Hub.InvokeAsync<SignedAssignment?>(nameof(IAgentHub.FetchAssignment), greeted.AssignmentTag, Ct));
        }

        // What the server does by itself meanwhile may read rows of hosts now and then; three calls each of these times would be 120.
        Assert.InRange(asked.ReadingsOf("hosts", "certificates"), 0, Calls / 4);
    }

    // spire#6876, #5771: who followed events by number waited for numbers that never came, or passed those that came late.
    [Fact]
    public async Task Spire6876_GroupsFailAndServersOwnEventsComeBetween_FollowerGetsEachOnceInOrderWithoutWaiting()
    {
        await using TestServer server = new() { Adjust = UnsteadyStore.Before };
        await server.InitializeAsync();
        UnsteadyStore store = server.Services.GetRequiredService<UnsteadyStore>();
        using Gate gate = new(server);
        TestAgent[] agents = [.. await Task.WhenAll(Enumerable.Range(0, 3).Select(i => TestAgent.JoinedAsync(server, $"skips-{i}")))];
        TestAgent other = await TestAgent.JoinedAsync(server, "banned");
        await Task.WhenAll(agents.Select(agent => agent.ConnectAsync()));
        ConcurrentQueue<StoredEvent> followed = new();
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task following = FollowAsync(store, followed, enough.Token);

        await Task.WhenAll([.. agents.Select(agent => PushInPiecesAsync(store, agent)), BanAndReadmitAsync(gate, other.Id)]);

        List<StoredEvent> stored = [];
        await WaitFor.TrueAsync(async () =>
        {
            stored = await AllAsync(store);
            return stored.Count(item => item.Event.Kind is EventKinds.ContentionAccess) is 3 * 120
                && stored.Count(item => item.Event.Host == other.Id && item.Event.Kind is EventKinds.HostState) >= 10
                && followed.Count == stored.Count;
        });
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
        Assert.Equal(stored.Select(item => item.Position), followed.Select(item => item.Position));
        Assert.Equal(stored.Select(item => item.Event.Id), followed.Select(item => item.Event.Id));
        Assert.Equal(stored.Count, stored.DistinctBy(item => item.Event.Id).Count());
        foreach (TestAgent agent in agents.Append(other))
        {
            await agent.DisposeAsync();
        }
    }

    // efcore#33133, #36295, #29514: "database is locked" under concurrent writes, for ever where a transaction had read before it wrote.
    [Fact]
    public async Task Efcore33133_ManyReadAndWriteAtOnce_NoneIsToldThatTheDatabaseIsLockedAndNoChangeIsLost()
    {
        const int Writers = 24;
        const int Changes = 10;
        await using TestServer server = new();
        await server.InitializeAsync();
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "written");
        await agent.ConnectAsync();
        IDbContextFactory<FleetDb> databases = server.Services.GetRequiredService<IDbContextFactory<FleetDb>>();
        using HttpClient admin = server.Admin();
        long before = await VersionAsync(databases, agent.Id);

        Task[] changing = [.. Enumerable.Range(0, Writers).Select(_ => Task.Run(() => RaiseAsync(databases, agent.Id, Changes), Ct))];
        Task[] through = [.. Enumerable.Range(0, Writers).Select(i => Task.Run(
            async () =>
            {
                (await admin.PostAsJsonAsync("/api/v1/join-tokens", new CreateJoinToken(1, 600, $"made at once {i}"), FleetJson.Options, Ct)).EnsureSuccessStatusCode();
                (await admin.GetAsync($"/api/v1/hosts/{agent.Id}", Ct)).EnsureSuccessStatusCode();
            },
            Ct))];
        Task events = Task.Run(
            async () =>
            {
                for (long i = 1; i <= 100; i++)
                {
                    Assert.Equal(i, (await agent.PushAsync(agent.Contention(i))).Sequence);
                }
            },
            Ct);
        await Task.WhenAll([.. changing, .. through, events]);

        Assert.Equal(before + (Writers * Changes), await VersionAsync(databases, agent.Id));
    }

    private static Task ReportAsync(TestAgent agent, StateReport state) => agent.Hub.InvokeAsync(nameof(IAgentHub.ReportState), state, Ct);

    private static async Task PushInPiecesAsync(UnsteadyStore store, TestAgent agent)
    {
        for (long first = 1; first <= 120; first += 10)
        {
            if (first % 40 is 1)
            {
                store.LoseAnswers(1);
            }

            FleetEvent[] piece = [.. Enumerable.Range(0, 10).Select(i => agent.Contention(first + i))];
            while ((await agent.PushAsync(piece)).Sequence < first + 9)
            {
                await Task.Yield();
            }
        }
    }

    private static async Task BanAndReadmitAsync(Gate gate, HostId host)
    {
        for (int i = 0; i < 5; i++)
        {
            await gate.ActAsync(host, "ban");
            await gate.ActAsync(host, "readmit");
        }
    }

    private static async Task FollowAsync(UnsteadyStore store, ConcurrentQueue<StoredEvent> followed, CancellationToken ct)
    {
        EventPosition position = default;
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            EventPage page = await store.ForwardAsync(EventFilter.Everything, position, 7, ct);
            foreach (StoredEvent item in page.Items)
            {
                followed.Enqueue(item);
            }

            position = page.Next ?? position;
            await Task.Yield();
        }
    }

    private static async Task<List<StoredEvent>> AllAsync(UnsteadyStore store)
    {
        List<StoredEvent> all = [];
        EventPosition position = default;
        while (await store.ForwardAsync(EventFilter.Everything, position, 100, Ct) is { Items.Count: > 0 } page)
        {
            all.AddRange(page.Items);
            position = page.Next!.Value;
        }

        return all;
    }

    // What a handler does: looks, decides, writes; every one of them begins by reading.
    private static async Task RaiseAsync(IDbContextFactory<FleetDb> databases, HostId host, int times)
    {
        for (int i = 0; i < times; i++)
        {
            await using FleetDb db = await databases.CreateDbContextAsync(Ct);
            await using IDbContextTransaction transaction = await db.BeginChangeAsync(Ct);
            long version = await db.Hosts.Where(row => row.Id == host).Select(row => row.Version).SingleAsync(Ct);
            await Task.Yield();
            await db.Hosts.Where(row => row.Id == host).ExecuteUpdateAsync(row => row.SetProperty(one => one.Version, version + 1), Ct);
            await transaction.CommitAsync(Ct);
        }
    }

    private static async Task<long> VersionAsync(IDbContextFactory<FleetDb> databases, HostId host)
    {
        await using FleetDb db = await databases.CreateDbContextAsync(Ct);
        return await db.Hosts.Where(row => row.Id == host).Select(row => row.Version).SingleAsync(Ct);
    }
}
