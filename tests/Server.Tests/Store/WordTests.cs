using Fleet.Server.Data.Events;
using Fleet.Server.Data.Events.Sqlite;
using Microsoft.Data.Sqlite;

namespace Fleet.Server.Tests.Store;

public sealed class WordTests : WordCases, IDisposable
{
    private readonly StoreFixture _store = new();

    private protected override IEventStore Store => _store.Store;

    public void Dispose() => _store.Dispose();

    private protected override IncomingBatch Batch(int host, int count, Random random) => _store.Batch(host, count, random);

    private protected override void Reopen() => _store.Reopen();

    private protected override Task<List<StoredEvent>> ReadAsync(string q) => _store.ReadAsync(q);

    private protected override Task<long> WordCharactersAsync() => Task.FromResult(Number("SELECT sum(length(text)) FROM words"));

    private protected override Task<long> HostNamesAsync() => Task.FromResult(Number("SELECT count(*) FROM hosts"));

    private long Number(string sql)
    {
        using SqliteConnection file = _store.Files.OpenForReading(Assert.Single(_store.Files.Days()))!;
        return Statement.Number(file, sql);
    }
}
