using Fleet.Server.Data.Events;
using Fleet.Server.Data.Events.Postgres;
using Fleet.Server.Data.Postgres;
using Npgsql;

namespace Fleet.Server.Tests.Postgres;

/// <summary>Transactions that meet others': what PostgreSQL ends is done again, and is done once.</summary>
public sealed class ConflictTests : IAsyncLifetime
{
    private readonly PostgresStoreFixture _fixture = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task StoreAsync_DeadlockWithAnAdministratorsTransaction_StoresOnceAfterIt()
    {
        await _fixture.StoreAsync(_fixture.Batch(1));
        await using NpgsqlConnection administrator = await _fixture.Source.OpenConnectionAsync(Ct);
        await using NpgsqlTransaction work = await administrator.BeginTransactionAsync(Ct);
        await using NpgsqlConnection gate = await _fixture.Source.OpenConnectionAsync(Ct);
        await using NpgsqlTransaction closed = await gate.BeginTransactionAsync(Ct);

        // Whoever begins to wait last finds the deadlock and is ended: the store is held up until the administrator waits for its lock.
        await RunAsync(administrator, "SET LOCAL deadlock_timeout = '1h'; SELECT * FROM event_marks FOR UPDATE");
        await RunAsync(gate, $"LOCK TABLE {DayTables.Events(DateOnly.FromDateTime(PostgresStoreFixture.Morning.UtcDateTime))} IN EXCLUSIVE MODE");
        Task<StoredGroup> storing = _fixture.Store.StoreAsync([_fixture.Batch(2, 3)], Ct);
        await _fixture.UntilSomebodyWaitsAsync();
        Task waiting = PostgresLocks.TakeForTransactionAsync(administrator, PostgresLock.Events, Ct);
        await _fixture.UntilSomebodyWaitsAsync(sessions: 2);
        await closed.CommitAsync(Ct);

        await waiting; // The store had this lock: its transaction was ended.
        await work.CommitAsync(Ct);

        Assert.Equal([2, 3], (await storing).Events.Select(item => item.Sequence));
        Assert.Equal(3, await _fixture.Store.MarkOfAsync(PostgresStoreFixture.Host(0), 1, Ct));
        Assert.Equal("3", await CountAsync("SELECT count(*) FROM events"));
    }

    [Theory]
    [InlineData("40001")]
    [InlineData("40P01")]
    [InlineData("23505")]
    public async Task StoreAsync_EndedByPostgreSqlTwice_StoresOnce(string state)
    {
        await _fixture.StoreAsync(_fixture.Batch(1));
        await FailAsync(state, times: 2);

        StoredGroup stored = await _fixture.StoreAsync(_fixture.Batch(2, 3));

        Assert.Equal([2, 3], stored.Events.Select(item => item.Sequence));
        Assert.Equal("3", await CountAsync("SELECT count(*) FROM events"));
    }

    [Fact]
    public async Task StoreAsync_EndedAgainAndAgain_StoresNothingAndSaysSo()
    {
        await _fixture.StoreAsync(_fixture.Batch(1));
        await FailAsync("40001", times: 1000);

        PostgresException error = await Assert.ThrowsAsync<PostgresException>(() => _fixture.StoreAsync(_fixture.Batch(2)));

        Assert.Equal("40001", error.SqlState);
        Assert.Equal(1, await _fixture.Store.MarkOfAsync(PostgresStoreFixture.Host(0), 1, Ct));
        Assert.Equal("1", await CountAsync("SELECT count(*) FROM events"));
    }

    [Fact]
    public async Task StoreAsync_NothingButRepeats_GivesOutNoNumberThatAnotherServerGivesToo()
    {
        PostgresEventStore another = _fixture.Another();
        await _fixture.StoreAsync(_fixture.Batch(1, 2));
        _fixture.Time.Advance(TimeSpan.FromDays(1));
        await _fixture.StoreAsync(_fixture.Batch(1, 5, new Random(1)));

        Assert.Empty((await _fixture.StoreAsync(_fixture.Batch(1, 2))).Events);
        await another.StoreAsync([_fixture.Batch(2, 5, new Random(2))], Ct);
        await _fixture.StoreAsync(_fixture.Batch(3, 5, new Random(3)));

        Assert.Equal(5, (await _fixture.ReadAsync("host:host-2")).Count);
        Assert.Equal(5, (await _fixture.ReadAsync("host:host-3")).Count);
    }

    [Fact]
    public async Task StoreAsync_DayThatIsFull_GoesOnInTheNext()
    {
        DateOnly today = DateOnly.FromDateTime(PostgresStoreFixture.Morning.UtcDateTime);
        await _fixture.StoreAsync(_fixture.Batch(1));
        await using (NpgsqlConnection connection = await _fixture.Source.OpenConnectionAsync(Ct))
        {
            await RunAsync(connection, $"UPDATE event_days SET last_row = {EventTransaction.RowsPerDay}");
        }

        Assert.Equal(new EventPosition(today, EventTransaction.RowsPerDay + 1), (await _fixture.StoreAsync(_fixture.Batch(2))).Last);
        Assert.Equal(new EventPosition(today.AddDays(1), 1), (await _fixture.StoreAsync(_fixture.Batch(3))).Last);
        Assert.Equal(new EventPosition(today.AddDays(1), 2), (await _fixture.Another().StoreAsync([_fixture.Batch(4)], Ct)).Last);
        Assert.Equal([4, 3, 2, 1], (await _fixture.ReadAsync("host:host-0")).Select(item => item.Event.Sequence));
    }

    // A trigger counts by a sequence, which no rollback takes back.
    private async Task FailAsync(string state, int times)
    {
        await using NpgsqlConnection connection = await _fixture.Source.OpenConnectionAsync(Ct);
        await RunAsync(connection, $"""
            CREATE SEQUENCE failures;
            CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('failures') <= {times} THEN RAISE EXCEPTION 'on purpose' USING ERRCODE = '{state}'; END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER fails BEFORE INSERT ON event_marks FOR EACH ROW EXECUTE FUNCTION fail();
            """);
    }

    private async Task<string?> CountAsync(string sql)
    {
        await using NpgsqlCommand command = _fixture.Source.CreateCommand(sql);
        return (await command.ExecuteScalarAsync(Ct))?.ToString();
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }
}
