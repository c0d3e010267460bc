using Fleet.Contracts;
using Fleet.Server.Data.Events;
using Fleet.Server.Live;
using Fleet.Server.Tests.Host;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Server.Tests;

public sealed class EventWriterTests
{
    [Fact]
    public async Task StoreAsync_OneBatchThatTheDatabaseDoesNotTake_RefusesNoOther()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        await using TestServer server = new();
        await server.InitializeAsync();
        IEventStore store = server.Services.GetRequiredService<IEventStore>();
        using EventWriter writer = new(
            store, server.Services.GetRequiredService<EventFlow>(), server.Services.GetRequiredService<LiveFeed>(), server.Time, NullLogger<EventWriter>.Instance);
        HostId bad = new(Guid.CreateVersion7());
        HostId good = new(Guid.CreateVersion7());

        // What waits when the writer begins is one group.
        Task<long>[] storing =
        [
            writer.StoreAsync(Batch(good, 1), ct),
            writer.StoreAsync(Batch(bad, 1, kind: null!), ct),
            writer.StoreAsync(Batch(bad, 2), ct),
            writer.StoreAsync(Batch(good, 2), ct),
        ];
        Assert.Equal(4, writer.Queued);
        await writer.StartAsync(ct);

        Assert.Equal(1, await storing[0]);
        await Assert.ThrowsAnyAsync<Exception>(() => storing[1]);
        await Assert.ThrowsAnyAsync<Exception>(() => storing[2]);
        Assert.Equal(2, await storing[3]);
        Assert.Null(writer.Trouble);

        // The agent still has both of its events: none may count as lost.
        Assert.Equal(0, await store.MarkOfAsync(bad, 1, ct));
        Assert.Equal(2, await writer.StoreAsync(Batch(bad, 1, 2), ct));
        await writer.StopAsync(ct);
        EventPage all = await store.ForwardAsync(EventFilter.Everything, default, 100, ct);
        Assert.Equal([1, 2, 1, 2], all.Items.Where(item => item.Event.Host == good || item.Event.Host == bad).Select(item => item.Event.Sequence));

        IncomingBatch Batch(HostId host, long first, long? last = null, string kind = EventKinds.ContentionAccess) => new(
            host, "host", 1, [.. Enumerable.Range((int)first, (int)((last ?? first) - first + 1)).Select(sequence => Event(host, sequence, kind))], server.Time.GetUtcNow());

        FleetEvent Event(HostId host, long sequence, string kind) =>
            new() { Host = host, HostName = "host", Epoch = 1, Sequence = sequence, Time = server.Time.GetUtcNow(), Kind = kind };
    }
}
