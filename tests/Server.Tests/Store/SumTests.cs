using Fleet.Server.Data.Events;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Server.Tests.Store;

public sealed class SumTests : SumCases, IDisposable
{
    private readonly StoreFixture _store = new();

    public void Dispose() => _store.Dispose();

    private protected override IEventStore Store => _store.Store;

    private protected override FakeTimeProvider Time => _store.Time;

    private protected override DateTimeOffset Morning => StoreFixture.Morning;

    private protected override IncomingBatch Batch(int host, int count, Random random) => _store.Batch(host, count, random);
}
