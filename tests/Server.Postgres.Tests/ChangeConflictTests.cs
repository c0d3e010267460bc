using Fleet.Contracts;
using Fleet.Server.Data.Postgres;
using Fleet.Server.Tests.Admission;
using Fleet.Server.Tests.Host;
using Fleet.Testing;
using Npgsql;

namespace Fleet.Server.Tests.Postgres;

/// <summary>An operator's change that meets an administrator's transaction.</summary>
public sealed class ChangeConflictTests : IAsyncLifetime
{
    private string _database = null!;
    private TestServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = (await TestDatabase.CreateAsync())!;
        _server = new TestServer { Given = _database };
        await _server.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await TestDatabase.DropAsync(_database);
    }

    [Fact]
    public async Task Ban_DeadlockWithAnAdministratorsTransaction_IsDoneOnceAfterIt()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "contended");
        using Gate gate = new(_server);
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(_database);
        await using NpgsqlConnection administrator = await source.OpenConnectionAsync(Ct);
        await using NpgsqlTransaction work = await administrator.BeginTransactionAsync(Ct);
        await using NpgsqlConnection closing = await source.OpenConnectionAsync(Ct);
        await using NpgsqlTransaction closed = await closing.BeginTransactionAsync(Ct);

        // Whoever begins to wait last finds the deadlock and is ended: the ban is held up until the administrator waits for its turn.
        await RunAsync(administrator, "SET LOCAL deadlock_timeout = '1h'; LOCK TABLE audit IN SHARE MODE");
        await RunAsync(closing, "SELECT * FROM hosts FOR UPDATE");
        Task<HostView> banning = gate.ActAsync(agent.Id, "ban");
        await WaitingAsync(source, "wait_event = 'transactionid' OR wait_event = 'tuple'");
        Task turn = PostgresLocks.TakeForTransactionAsync(administrator, PostgresLock.Changes, Ct);
        await WaitingAsync(source, $"pid = {administrator.ProcessID} AND wait_event_type = 'Lock'");
        await closed.CommitAsync(Ct);

        await turn; // The ban had it: its transaction was ended.
        await work.CommitAsync(Ct);

        Assert.Equal("banned", (await banning).State);
        Assert.Single(await gate.AuditAsync(agent.Id.ToString()), entry => entry.Action is "host.ban");
    }

    private static Task WaitingAsync(NpgsqlDataSource source, string who) => WaitFor.TrueAsync(
        async () =>
        {
            await using NpgsqlCommand waiting = source.CreateCommand($"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND ({who})");
            return await waiting.ExecuteScalarAsync(Ct) is > 0L;
        },
        null,
        who);

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }
}
