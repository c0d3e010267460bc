using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Data.Events;
using Fleet.Server.Data.Events.Sqlite;
using Fleet.Server.Data.Events.Sqlite.Reading;
using Microsoft.Data.Sqlite;

namespace Fleet.Server.Tests.Store;

/// <summary>What the store answers to a filter is what the selector selects, whatever the store knows by heart of hosts, kinds, functions and times.</summary>
public sealed class FilterTests : IDisposable
{
    private readonly StoreFixture _store = new();

    [Theory]
    [InlineData("")]
    [InlineData("host:host-3")]
    [InlineData("host:HOST-3 and kind:attestation.failed")]
    [InlineData("host:host-? and not kind:contention.*")]
    [InlineData("kind:attestation.failed")]
    [InlineData("kind:attestation.failed or function:\"0000:02:00.0\"")]
    [InlineData("function:0000:0?:00.0 and (host:host-1 or host:host-2) and comm:lspci")]
    [InlineData("function:\"0000:02:00.0\" and function:\"0000:01:00.0\"")]
    [InlineData("kind:nothing.like.it")]
    [InlineData("host:host-9 or pid:7")]
    [InlineData("not host:host-1")]
    [InlineData("function!=\"0000:01:00.0\" and offset>=0x10")]
    [InlineData("lspci")]
    public async Task BackwardAsync_AnyFilter_AnswersWhatTheSelectorSelects(string q)
    {
        List<FleetEvent> stored = await FillAsync(11_000);
        Assert.True(Selector.TryParse(q, Selectables.EventFields, out Selector? selector, out _));
        IEnumerable<FleetEvent> selected = Enumerable.Reverse(stored).Where(item => selector.Matches(Selectables.Of(item)));

        Assert.Equal(selected.Select(item => item.Id), (await _store.ReadAsync(q, limit: 61)).Select(item => item.Event.Id));
    }

    [Theory]
    [InlineData(-60, -30)]
    [InlineData(-600, null)]
    [InlineData(null, -90)]
    [InlineData(100, 200)]
    public async Task BackwardAsync_BetweenTimes_AnswersWhatHappenedThen(int? since, int? until)
    {
        List<FleetEvent> stored = await FillAsync(11_000);
        DateTimeOffset? from = since is { } a ? StoreFixture.Morning.AddMinutes(a) : null;
        DateTimeOffset? to = until is { } b ? StoreFixture.Morning.AddMinutes(b) : null;
        IEnumerable<FleetEvent> selected = Enumerable.Reverse(stored)
            .Where(item => (from is null || item.Time >= from) && (to is null || item.Time < to) && item.HostName is "host-2");

        Assert.Equal(selected.Select(item => item.Id), (await _store.ReadAsync("host:host-2", since: from, until: to)).Select(item => item.Event.Id));
    }

    [Fact]
    public async Task StoreAsync_AfterARestartAmidABlock_KeepsWhatIsKnownOfTheBlock()
    {
        Random random = new(5);
        await _store.StoreAsync(_store.Batch(1, 1000, random));
        _store.Reopen();
        await _store.StoreAsync(_store.Batch(1, 10, random), _store.Batch(2, 10, random));
        _store.Reopen();
        await _store.StoreAsync(_store.Batch(2, 1, random));

        Assert.Equal(1010, (await _store.ReadAsync("host:host-1")).Count);
        Assert.Equal(11, (await _store.ReadAsync("host:host-2")).Count);
    }

    [Fact]
    public async Task StoreAsync_MoreTextsThanGetNumbers_FindsThemAll()
    {
        // Long texts use the room up sooner. What comes after has no number of its own, neither in its row nor among the places.
        const int many = 2_500;
        await _store.StoreAsync(Named(0, many));
        await _store.StoreAsync(Named(many, 10));

        Assert.StartsWith("tool-3-", Assert.Single(await _store.ReadAsync("comm:tool-3-*")).Event.Caller!.Comm);
        Assert.StartsWith("tool-2509-", Assert.Single(await _store.ReadAsync("comm:tool-2509-*")).Event.Caller!.Comm);
        Assert.Equal("odd.2509", Assert.Single(await _store.ReadAsync("kind:odd.2509")).Event.Kind);
        using SqliteConnection file = _store.Files.OpenForReading(DateOnly.FromDateTime(StoreFixture.Morning.UtcDateTime))!;
        Assert.InRange(Statement.Number(file, "SELECT count(*) FROM words"), 1000, 2 * many);
    }

    [Fact]
    public async Task Backward_FilterOfWhatHasNoPlaces_AnswersInPartsWithACursor()
    {
        Random random = new(1);
        await _store.StoreAsync(_store.Batch(1, 10_000, random));
        Assert.True(Selector.TryParse("detail:absent", Selectables.EventFields, out Selector? selector, out _));
        EventReader reader = new(_store.Files, rowsAtOnce: 50_000);

        EventPage page = reader.Backward(EventFilter.Of(selector), null, 100, TestContext.Current.CancellationToken);

        Assert.Empty(page.Items);
        Assert.NotNull(page.Next); // "Not yet", not "nothing".
        Assert.Null(reader.Backward(EventFilter.Of(selector), page.Next, 100, TestContext.Current.CancellationToken).Next);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(4096)]
    public void BlockRows_WrittenAndRead_AreTheSame(int count)
    {
        BlockRows rows = new();
        foreach (int row in Enumerable.Range(0, BlockRows.RowsPerBlock).Order(Comparer<int>.Create((a, b) => (a * 7919 % 4096).CompareTo(b * 7919 % 4096))).Take(count))
        {
            rows.Add(row);
        }

        byte[] buffer = new byte[512];
        BlockRows read = new();
        read.Decode(buffer.AsSpan(0, rows.Encode(buffer)));

        Assert.Equal(count, read.Count);
        Assert.Equal(rows.Descending(), read.Descending());
    }

    public void Dispose() => _store.Dispose();

    private async Task<List<FleetEvent>> FillAsync(int count)
    {
        Random random = new(42);
        List<FleetEvent> stored = [];
        while (stored.Count < count)
        {
            // Host 4 says little, so that blocks without it exist.
            int host = stored.Count is > 5000 and < 5500 ? 4 : random.Next(4);
            stored.AddRange((await _store.StoreAsync(_store.Batch(host, random.Next(1, 400), random))).Events);
        }

        return stored;
    }

    private IncomingBatch Named(int first, int count)
    {
        IncomingBatch batch = _store.Batch(1, count, new Random(1));
        return batch with
        {
            Events = [.. batch.Events.Select((item, i) => item with { Kind = $"odd.{first + i}", Caller = item.Caller! with { Comm = $"tool-{first + i}-{new string('x', 4_000)}" } })],
        };
    }
}
