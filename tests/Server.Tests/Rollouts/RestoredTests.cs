using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Tests.Host;
using Fleet.Testing;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Rollouts;

/// <summary>Agents that were given more than the server remembers: its database was restored from a backup, or is that of a standby that lagged.</summary>
public sealed class RestoredTests : IAsyncLifetime
{
    private readonly TestServer _server = new();
    private readonly RolloutDesk _desk;

    public RestoredTests() => _desk = new RolloutDesk(_server);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Restore_OfAHostBeforeTwoRollouts_TheAgentTakesWhatItHadThenAndTheNextRolloutCompletes()
    {
        await using FollowingAgent agent = await FollowingAgent.JoinedAsync(_server, "survivor");
        await _desk.DoneAsync(agent, await _desk.BeginAsync("a", "survivor"));
        HostRow kept = await RowAsync(agent.Id);
        await _desk.DoneAsync(agent, await _desk.BeginAsync("b", "survivor"));
        await _desk.DoneAsync(agent, await _desk.BeginAsync("c", "survivor"));
        Assert.Equal(["a", "b", "c"], agent.InForce);

        await RestoreAsync(kept, agent);
        TaskCompletionSource<string> nudged = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await agent.Link.ConnectAsync(prepare: hub => hub.On<string>(nameof(IAgentClient.AssignmentChanged), tag => nudged.TrySetResult(tag)));
        await agent.FollowAsync(); // As an agent does that knows of nothing: it refuses what it is offered, and says so.
        await nudged.Task.WaitAsync(WaitFor.Patience, Ct);
        await agent.FollowAsync();

        Assert.Equal(["a"], agent.InForce);
        Assert.Null(agent.Assignments.Rejected);
        await _desk.DoneAsync(agent, await _desk.BeginAsync("d", "survivor"));
        Assert.Equal(["a", "d"], agent.InForce);
    }

    [Fact]
    public async Task Restore_RolloutBeginsBeforeTheAgentIsBack_WaitsForItsAssignmentAndNotForOneOfBefore()
    {
        await using FollowingAgent agent = await FollowingAgent.JoinedAsync(_server, "late");
        await _desk.DoneAsync(agent, await _desk.BeginAsync("a", "late"));
        HostRow kept = await RowAsync(agent.Id);
        await _desk.DoneAsync(agent, await _desk.BeginAsync("b", "late"));
        await _desk.DoneAsync(agent, await _desk.BeginAsync("c", "late"));

        await RestoreAsync(kept, agent);
        string rollout = await _desk.StartAsync("b");
        await WaitFor.TrueAsync(async () => (await _desk.RolloutAsync(rollout)).Waves[0].Hosts[0].State is "assigned");
        await agent.Link.ConnectAsync();
        await agent.ReportAsync();

        // Revision 1 of b is in force there, of an assignment that this server does not remember: no answer to the one it has made.
        long generation = (await RowAsync(agent.Id)).Generation;
        Assert.True(generation > agent.Assignments.Generation, $"{generation}");
        Assert.Equal(("assigned", generation), ((await _desk.RolloutAsync(rollout)).Waves[0].Hosts[0].State, await TargetAsync(rollout)));
        await _desk.DoneAsync(agent, rollout);
        Assert.Equal(generation, agent.Assignments.Generation);
        Assert.Equal(["a", "b"], agent.InForce);
    }

    [Theory]
    [InlineData(long.MaxValue, false)]
    [InlineData(1L << 60, false)]
    [InlineData(long.MinValue, false)]
    [InlineData((1L << 48) - 1, true)]
    public async Task Report_OfAGenerationNobodyGave_MovesNoOtherHostAndNeverOverflows(long said, bool moves)
    {
        await using FollowingAgent other = await FollowingAgent.JoinedAsync(_server, "other");
        await using FollowingAgent liar = await FollowingAgent.JoinedAsync(_server, "liar");
        await _desk.DoneAsync(other, await _desk.BeginAsync("a", "other"));
        string rollout = await _desk.BeginAsync("b", "liar");
        await WaitFor.TrueAsync(async () => (await _desk.RolloutAsync(rollout)).Waves[0].Hosts[0].State is "assigned");

        await liar.SayAsync(new StateReport(said, [new AppliedPolicy("b", 1, TimeProvider.System.GetUtcNow())], [], 0, null));

        Assert.Equal((1, moves ? said + 1 : 1), ((await RowAsync(other.Id)).Generation, (await RowAsync(liar.Id)).Generation));
        Assert.Equal("assigned", (await _desk.RolloutAsync(rollout)).Waves[0].Hosts[0].State);

        // It comes to its senses.
        await _desk.DoneAsync(liar, rollout);
        Assert.Equal(moves ? said + 1 : 1, liar.Assignments.Generation);
    }

    /// <summary>Another server has changed the row; what it said of that has not come yet.</summary>
    [Fact]
    public async Task Fetch_FromAServerWhoseMemoryIsBehind_IsAnsweredByTheRow()
    {
        await using FollowingAgent agent = await FollowingAgent.JoinedAsync(_server, "moved");
        await _desk.DoneAsync(agent, await _desk.BeginAsync("a", "moved"));
        string before = (await agent.FetchAnewAsync()).Tag;
        await using (FleetDb db = await DatabaseAsync())
        {
            await db.Hosts.Where(host => host.Id == agent.Id).ExecuteUpdateAsync(host => host.SetProperty(h => h.Generation, 5L), Ct);
        }

        SignedAssignment fetched = await agent.FetchAnewAsync();
        Assert.Equal(5, JsonSerializer.Deserialize<Assignment>(Convert.FromBase64String(fetched.Payload), FleetJson.Options)!.Generation);
        Assert.NotEqual(before, fetched.Tag);

        // And so it does not offer the old one to an agent that has the new one from elsewhere.
        agent.Take(fetched);
        Assert.Null(await agent.FetchAsync());
        await agent.ReportAsync();
        Assert.Equal(5, (await RowAsync(agent.Id)).Generation);
    }

    private Task<FleetDb> DatabaseAsync() => _server.Services.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContextAsync(Ct);

    private async Task<HostRow> RowAsync(HostId id)
    {
        await using FleetDb db = await DatabaseAsync();
        return await db.Hosts.AsNoTracking().SingleAsync(host => host.Id == id, Ct);
    }

    private async Task<long> TargetAsync(string rollout)
    {
        await using FleetDb db = await DatabaseAsync();
        return await db.Rollouts.Where(row => row.Id == rollout).SelectMany(row => row.Targets).Select(target => target.Generation).SingleAsync(Ct);
    }

    /// <summary>What the database says of the host is what it said then, and the server begins anew with it.</summary>
    private async Task RestoreAsync(HostRow kept, FollowingAgent agent)
    {
        await agent.Link.Hub.StopAsync(Ct);
        await WaitFor.TrueAsync(() => _server.IsFree(agent.Id));
        await using (FleetDb db = await DatabaseAsync())
        {
            await db.Hosts.Where(host => host.Id == kept.Id).ExecuteUpdateAsync(
                host => host.SetProperty(h => h.Desired, kept.Desired).SetProperty(h => h.Generation, kept.Generation)
                    .SetProperty(h => h.State, kept.State).SetProperty(h => h.StateAt, kept.StateAt),
                Ct);
        }

        await _server.RestartAsync();
    }
}
