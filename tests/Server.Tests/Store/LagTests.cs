using System.Diagnostics.Metrics;
using Fleet.Server.Data.Events;
using Fleet.Server.Live;
using Fleet.Server.Live.News;
using Fleet.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Server.Tests.Store;

/// <summary>How long what is not on disk has waited, while somebody else holds the file.</summary>
public sealed class LagTests : IDisposable
{
    private readonly StoreFixture _store = new();
    private readonly Random _random = new(5);

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Lag_WhileAGroupIsBeingStored_IsTheAgeOfItsOldestBatch()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        await _store.StoreAsync(_store.Batch(0, 1, _random));
        await using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        FleetMetrics metrics = new(services.GetRequiredService<IMeterFactory>());
        using LiveFeed feed = new(new NoNews(), _store.Time);
        using EventWriter writer = new(
            _store.Store, new EventFlow(metrics, new NoNews()), feed, _store.Time, NullLogger<EventWriter>.Instance);
        await writer.StartAsync(ct);
        using SqliteConnection other = _store.Files.OpenForWriting(DateOnly.FromDateTime(StoreFixture.Morning.Date));
        using SqliteTransaction held = other.BeginTransaction(deferred: false);

        Task<long> storing = writer.StoreAsync(_store.Batch(0, 1, _random), ct);
        await WaitFor.TrueAsync(() => writer.Queued is 0);
        _store.Time.Advance(TimeSpan.FromSeconds(10));

        await WaitFor.TrueAsync(() => writer.Lag == TimeSpan.FromSeconds(10));
        held.Rollback();
        Assert.Equal(2, await storing);
        await WaitFor.TrueAsync(() => writer.Lag == TimeSpan.Zero);
        await writer.StopAsync(ct);
    }
}
