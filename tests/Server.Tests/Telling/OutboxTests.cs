using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Telling;
using Fleet.Server.Live;
using Fleet.Server.Live.Cell;
using Fleet.Server.Tests.Admission;
using Fleet.Server.Tests.Attestation;
using Fleet.Server.Tests.Host;
using Fleet.Simulator.Spdm;
using Fleet.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Server.Tests.Telling;

/// <summary>What the server itself has to tell comes to be an event once, whatever happens to the store of events meanwhile.</summary>
public sealed class OutboxTests : IAsyncLifetime
{
    private readonly TestServer _server = new() { Adjust = UnsteadyStore.Before };
    private Gate _gate = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private UnsteadyStore Store => _server.Services.GetRequiredService<UnsteadyStore>();

    public async ValueTask InitializeAsync()
    {
        await _server.InitializeAsync();
        _gate = new Gate(_server);
    }

    public async ValueTask DisposeAsync()
    {
        _gate.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Appraise_EventsCannotBeStored_TheVerdictIsToldLaterAndOnce()
    {
        ResponderOptions drive = Drives.Make();
        await using AttestedHost host = await AttestedHost.JoinedAsync(_server, "tampered", drive);
        await host.TrustAsync(drive);
        host.Devices[AttestedHost.Address()] = drive.With(ResponderFault.Tampered);
        Store.Fails = true;

        AttestationDetail failed = await host.AttestAsync();

        Assert.Equal(AttestationState.Failed, failed.Verdict);
        await WaitFor.TrueAsync(() => Store.Refused > 0);
        Store.Fails = false;
        await DrainedAsync();
        Assert.Contains(failed.Id, Assert.Single(await _gate.EventsAsync("kind:attestation.failed")).Detail);
    }

    [Fact]
    public async Task Ban_EventsCannotBeStored_AnswersOkAndIsToldLater()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "banned");
        Store.Fails = true;

        HostView banned = await _gate.ActAsync(agent.Id, "ban", "stolen");

        Assert.Equal("banned", banned.State);
        await WaitFor.TrueAsync(() => Store.Refused > 0);
        Store.Fails = false;
        await DrainedAsync();
        Assert.Single(await _gate.EventsAsync("kind:host.state and detail:*stolen*"));
    }

    [Fact]
    public async Task Ban_ServerStopsBeforeItIsStored_TheNextTellsIt()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "banned");
        Store.Fails = true;
        await _gate.ActAsync(agent.Id, "ban", "stolen");

        await _server.RestartAsync();

        using Gate gate = new(_server);
        await DrainedAsync();
        Assert.Single(await gate.EventsAsync("kind:host.state and detail:*stolen*"));
    }

    [Fact]
    public async Task Ban_AnswerOfTheStoreIsLost_IsStoredOnce()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "banned");
        Store.LoseAnswers(3);

        await _gate.ActAsync(agent.Id, "ban", "stolen");

        await DrainedAsync();
        FleetEvent told = Assert.Single(await _gate.EventsAsync("kind:host.state and detail:*stolen*"));
        Assert.Equal(told.Sequence, await Store.MarkOfAsync(agent.Id, told.Epoch, Ct));
    }

    [Fact]
    public async Task LookAsync_SeveralThatThinkTheyLead_TellAStateOnce()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "seen-by-two");
        PresenceWatch[] watches = [.. Enumerable.Range(0, 2).Select(_ => ActivatorUtilities.CreateInstance<PresenceWatch>(_server.Services))];
        await _gate.ActAsync(agent.Id, "ban");
        await Task.WhenAll(watches.Select(watch => watch.LookAsync(Ct)));
        await _gate.ActAsync(agent.Id, "readmit");

        await Task.WhenAll(watches.Select(watch => watch.LookAsync(Ct)));

        await DrainedAsync();
        Assert.Single(await _gate.EventsAsync($"kind:host.state and host:{agent.Id}"), told => told.Detail!.Contains("it was banned", StringComparison.Ordinal));
        Array.ForEach(watches, watch => watch.Dispose());
    }

    [Theory]
    [InlineData(HostStates.Live)]
    [InlineData(null)]
    public async Task LookAsync_HostDiedWhileNoServerRan_IsToldOnceAgentsHadTimeToComeBack(string? told)
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "died-meanwhile");
        await using (FleetDb db = await _server.Services.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContextAsync(Ct))
        {
            await db.Hosts.Where(host => host.Id == agent.Id).ExecuteUpdateAsync(host => host.SetProperty(h => h.LastSeen, TimeProvider.System.GetUtcNow().AddMinutes(-6)), Ct);
            if (told is not null)
            {
                db.Add(new ToldStateRow { Host = agent.Id, State = told });
                await db.SaveChangesAsync(Ct);
            }
        }

        await _server.RestartAsync();
        using Gate gate = new(_server);
        await WaitFor.TrueAsync(() => _server.Services.GetRequiredService<ILeadership>().Term is not null);
        FakeTimeProvider clock = new(_server.Services.GetRequiredService<ServerRoster>().Started);
        using PresenceWatch watch = ActivatorUtilities.CreateInstance<PresenceWatch>(_server.Services, clock);
        await watch.LookAsync(Ct);
        Assert.Equal(told, await ToldAsync(agent.Id)); // It may be on its way back.

        clock.Advance(TimeSpan.FromMinutes(3));
        await watch.LookAsync(Ct);
        await watch.LookAsync(Ct);

        await DrainedAsync();
        Assert.EndsWith("is silent; it was live.", Assert.Single(await gate.EventsAsync($"kind:host.state and host:{agent.Id}")).Detail);
    }

    private async Task<string?> ToldAsync(HostId host)
    {
        await using FleetDb db = await _server.Services.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContextAsync(Ct);
        return await db.Set<ToldStateRow>().Where(row => row.Host == host).Select(row => row.State).SingleOrDefaultAsync(Ct);
    }

    private Task DrainedAsync() => WaitFor.TrueAsync(async () =>
    {
        await using FleetDb db = await _server.Services.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContextAsync(Ct);
        return !await db.Set<OutboxRow>().AnyAsync(Ct);
    });
}
