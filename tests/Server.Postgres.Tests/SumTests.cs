using Fleet.Server.Data.Events;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Server.Tests.Postgres;

public sealed class SumTests : SumCases, IAsyncLifetime
{
    private readonly PostgresStoreFixture _store = new();

    public ValueTask InitializeAsync() => _store.InitializeAsync();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private protected override IEventStore Store => _store.Store;

    private protected override FakeTimeProvider Time => _store.Time;

    private protected override DateTimeOffset Morning => PostgresStoreFixture.Morning;

    private protected override IncomingBatch Batch(int host, int count, Random random) => _store.Batch(host, count, random);
}
