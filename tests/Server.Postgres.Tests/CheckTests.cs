using Fleet.Server.Data.Events;
using Fleet.Server.Maintenance;
using Npgsql;

namespace Fleet.Server.Tests.Postgres;

/// <summary>What `fleet-server check` says of events in a database that somebody, or something, has damaged.</summary>
public sealed class CheckTests : IAsyncLifetime
{
    private const string Day = "events_20261125";
    private readonly PostgresStoreFixture _fixture = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _fixture.InitializeAsync();
        Random random = new(1);
        for (int i = 0; i < 4; i++)
        {
            await _fixture.StoreAsync([.. Enumerable.Range(1, 3).Select(host => _fixture.Batch(host, 30, random))]);
        }

        // A hole that is told as a loss, an epoch of the server's own, and another day.
        await _fixture.StoreAsync(_fixture.Batch(1, 5));
        _fixture.Time.Advance(TimeSpan.FromDays(1));
        await _fixture.StoreAsync(_fixture.Batch(1, 20, random), _fixture.Batch(2, 20, random), _fixture.Batch(6));
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task RunAsync_OfWhatTheServerStored_FindsNothing() => Assert.Empty(await CheckAsync());

    [Fact]
    public async Task RunAsync_AfterRetentionAndManyEpochs_FindsNothing()
    {
        await _fixture.Store.DeleteAsync(DateOnly.FromDateTime(PostgresStoreFixture.Morning.UtcDateTime), Ct);
        for (int epoch = 2; epoch <= NewEvents.EpochsKept + 5; epoch++)
        {
            IncomingBatch batch = _fixture.Batch(1);
            await _fixture.StoreAsync(batch with { Epoch = epoch, Events = [batch.Events[0] with { Epoch = epoch }] });
            _fixture.Time.Advance(TimeSpan.FromMinutes(1));
        }

        _fixture.Time.Advance(TimeSpan.FromDays(1));
        await _fixture.StoreAsync(_fixture.Batch(7));

        Assert.Empty(await CheckAsync());
    }

    [Theory]
    [InlineData("UPDATE event_marks SET seq = seq - 1 WHERE host = (SELECT id FROM event_hosts WHERE name = 'host-2' LIMIT 1)", "the mark of host", "its last event 140")]
    [InlineData("UPDATE event_marks SET seq = seq + 9 WHERE host = (SELECT id FROM event_hosts WHERE name = 'host-2' LIMIT 1)", "the mark of host", "is 149")]
    [InlineData("DELETE FROM event_marks WHERE host = (SELECT id FROM event_hosts WHERE name = 'host-2' LIMIT 1)", "the mark of host", "is 0")]
    [InlineData($"DELETE FROM {Day} WHERE id = 17", Day, "363 were stored")]
    [InlineData($"DELETE FROM {Day} WHERE id > 300", Day, "up to row 300")]
    [InlineData($"UPDATE {Day} SET seq = seq - 1 WHERE id = 20", Day, "more than once, or out of order")]
    [InlineData($"UPDATE {Day} SET seq = 139 WHERE host = (SELECT key FROM event_hosts WHERE name = 'host-2' LIMIT 1) AND seq = 120", "events_20261126", "lies before event 139 of an older day")]
    [InlineData($"UPDATE {Day} SET host = 999 WHERE id = 30", Day, "of hosts that event_hosts does not name")]
    [InlineData("UPDATE contention_20261125 SET count = count + 1 WHERE ctid = (SELECT min(ctid) FROM contention_20261125)", "contention_20261125", "the sums by minute of host-")]
    [InlineData("DELETE FROM contention_20261126", "contention_20261126", "come to 0")]
    [InlineData("UPDATE losses SET count = 1", "losses of 2026-11-25", "host-0 come to 1")]
    [InlineData($"DROP TABLE {Day}", Day, "does not exist")]
    public async Task RunAsync_OfADamagedDatabase_NamesTheDamage(string sql, string where, string what)
    {
        await using (NpgsqlCommand damage = _fixture.Source.CreateCommand(sql))
        {
            await damage.ExecuteNonQueryAsync(Ct);
        }

        IReadOnlyList<string> problems = await CheckAsync();

        Assert.True(problems.Any(problem => problem.Contains(where, StringComparison.Ordinal) && problem.Contains(what, StringComparison.Ordinal)), string.Join('\n', problems.DefaultIfEmpty("no problem")));
    }

    private Task<IReadOnlyList<string>> CheckAsync() => new PostgresCheck(_fixture.Source, _ => { }).RunAsync(Ct);
}
