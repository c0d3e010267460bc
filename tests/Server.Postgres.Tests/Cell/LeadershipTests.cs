using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Live.Cell;
using Fleet.Server.Tests.Host;
using Fleet.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Fleet.Server.Tests.Cell;

/// <summary>One of them leads, at most one at any time, and another when it cannot.</summary>
public sealed class LeadershipTests(TestCell cell) : IClassFixture<TestCell>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Leader_WhoseConnectionIsCut_StopsAndIsFencedWhenAnotherBegins()
    {
        await WaitFor.TrueAsync(() => TestCell.Leads(cell.A) || TestCell.Leads(cell.B));
        TestServer first = TestCell.Leads(cell.A) ? cell.A : cell.B;
        LeaderTerm old = first.Services.GetRequiredService<ILeadership>().Term!;

        await cell.SqlAsync("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 6 AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
        await WaitFor.TrueAsync(() => old.Ended.IsCancellationRequested);
        await WaitFor.TrueAsync(() => TestCell.Leads(cell.A) || TestCell.Leads(cell.B));

        TestServer second = TestCell.Leads(cell.A) ? cell.A : cell.B;
        LeaderTerm next = second.Services.GetRequiredService<ILeadership>().Term!;
        Assert.True(next.Generation > old.Generation);

        // One that has not noticed is stopped by the number of its term; the leader of now is not.
        await using FleetDb db = await first.Services.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContextAsync(Ct);
        await using IDbContextTransaction transaction = await db.Database.BeginTransactionAsync(Ct);
        await Assert.ThrowsAsync<LeadershipLostException>(() => first.Services.GetRequiredService<ILeadership>().FenceAsync(db, old, Ct));
        await second.Services.GetRequiredService<ILeadership>().FenceAsync(db, next, Ct);
    }

    [Fact]
    public async Task Leader_ThatStopsInGoodOrder_IsFollowedAndItsAgentsAreToldToGo()
    {
        await using TestServer third = cell.New();
        await third.InitializeAsync();
        await TestCell.MeetAsync(cell.A, cell.B, third);
        await using TestAgent agent = await TestAgent.JoinedAsync(third, "told-to-go");
        TaskCompletionSource<LeaveNotice> told = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await agent.ConnectAsync(prepare: hub => Microsoft.AspNetCore.SignalR.Client.HubConnectionExtensions.On<LeaveNotice>(hub, nameof(IAgentClient.Leave), notice => told.TrySetResult(notice)));

        Task stopping = Task.Run(async () => await third.App.DisposeAsync(), Ct);
        LeaveNotice notice = await told.Task.WaitAsync(WaitFor.Patience, Ct);
        Assert.InRange(notice.SpreadMilliseconds, 1000, 10_000);
        await agent.Hub.StopAsync(Ct);
        await stopping;

        // It signed off: nobody had to wait for it to be found dead.
        await WaitFor.TrueAsync(async () => (await ServersAsync(cell.A)).Count is 2);
        await WaitFor.TrueAsync(async () => (await ServersAsync(cell.B)).Count(server => server.LeaderSince is not null) is 1);
        agent.At = cell.B;
        Assert.Null((await agent.ConnectAsync()).Refused);
    }

    /// <summary>Sound, and given back to a pool, its session would hold the lock for as long as nobody happens to be given it.</summary>
    [Fact]
    public async Task Leader_WhoseLookTakesTooLong_EndsTheSessionThatHoldsTheLock()
    {
        await WaitFor.TrueAsync(() => TestCell.Leads(cell.A) || TestCell.Leads(cell.B));
        TestServer first = TestCell.Leads(cell.A) ? cell.A : cell.B;
        LeaderTerm old = first.Services.GetRequiredService<ILeadership>().Term!;
        string session = await cell.SqlAsync("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 6 AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
        await using (NpgsqlConnection slow = await cell.ConnectAsync())
        {
            await using NpgsqlTransaction transaction = await slow.BeginTransactionAsync(Ct);
            await using NpgsqlCommand command = new("LOCK TABLE leadership IN ACCESS EXCLUSIVE MODE", slow, transaction);
            await command.ExecuteNonQueryAsync(Ct);
            await WaitFor.TrueAsync(() => old.Ended.IsCancellationRequested);
            await WaitFor.TrueAsync(async () => await cell.SqlAsync($"SELECT count(*) FROM pg_stat_activity WHERE pid = {session}") is "0");
        }

        await WaitFor.TrueAsync(() => TestCell.Leads(cell.A) || TestCell.Leads(cell.B));
    }

    private static async Task<IReadOnlyList<ServerView>> ServersAsync(TestServer server)
    {
        using HttpClient admin = server.Admin();
        return JsonSerializer.Deserialize<Page<ServerView>>(await admin.GetStringAsync("/api/v1/servers", Ct), FleetJson.Options)!.Items;
    }
}
