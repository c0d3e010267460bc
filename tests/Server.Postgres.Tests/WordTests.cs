using Fleet.Server.Data.Events;
using Npgsql;

namespace Fleet.Server.Tests.Postgres;

public sealed class WordTests : WordCases, IAsyncLifetime
{
    private readonly PostgresStoreFixture _store = new();

    private protected override IEventStore Store => _store.Store;

    public ValueTask InitializeAsync() => _store.InitializeAsync();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private protected override IncomingBatch Batch(int host, int count, Random random) => _store.Batch(host, count, random);

    private protected override void Reopen() => _store.Reopen();

    private protected override Task<List<StoredEvent>> ReadAsync(string q) => _store.ReadAsync(q);

    private protected override Task<long> WordCharactersAsync() => NumberAsync("SELECT sum(length(text)) FROM event_words");

    private protected override Task<long> HostNamesAsync() => NumberAsync("SELECT count(*) FROM event_hosts");

    private async Task<long> NumberAsync(string sql)
    {
        await using NpgsqlCommand command = _store.Source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
