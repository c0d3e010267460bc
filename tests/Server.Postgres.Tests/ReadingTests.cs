using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Policy;
using Fleet.Server.Data.Events;
using Fleet.Server.Data.Events.Postgres;
using Npgsql;

namespace Fleet.Server.Tests.Postgres;

/// <summary>What a question costs, and that what stands in its way only ever makes its answer come in parts.</summary>
public sealed class ReadingTests : IAsyncLifetime
{
    private const string RareKind = EventKinds.LeaseGranted;
    private readonly PostgresStoreFixture _fixture = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Theory]
    [InlineData($"host:host-1 and kind:{RareKind}")]
    [InlineData($"kind:{RareKind} and host:host-1")]
    [InlineData("host:host-1 and function:\"0000:ee:00.0\"")]
    [InlineData($"kind:{EventKinds.ContentionAccess} and function:\"0000:ee:00.0\" and host:host-1")]
    [InlineData($"function:\"0000:ee:00.0\" and (kind:{RareKind} or kind:{EventKinds.ContentionAccess}) and host:host-1")]
    public async Task BackwardAsync_ValuesThatSeldomMeet_AreFoundByTheIndexAlone(string q)
    {
        // Each value is in thousands of rows, and only the first event of all has all of them.
        const int each = 8_000;
        PciAddress rare = new(0, 0xee, 0, 0);
        PciAddress usual = new(0, 1, 0, 0);
        StoredGroup meeting = await StoreAsync(1, 1, EventKinds.ContentionAccess, rare);
        await StoreAsync(1, 1, RareKind, rare);
        await StoreAsync(2, each, RareKind, rare);
        await StoreAsync(1, each, EventKinds.ContentionAccess, usual);
        await StoreAsync(2, each, EventKinds.ContentionAccess, rare);
        await StoreAsync(1, each, EventKinds.HoldGranted, usual);

        // Enough to walk through what is of the host, and far too little to fetch a row for each.
        EventPage page = await new PostgresEventReader(_fixture.Source, rowsAtOnce: 4 * each).BackwardAsync(Filter(q), null, 100, Ct);

        Assert.NotEmpty(page.Items);
        Assert.Null(page.Next);
        Assert.All(page.Items, item => Assert.InRange(item.Position.Row, meeting.Last.Row, meeting.Last.Row + 1));
    }

    [Theory]
    [InlineData("detail:absent")]
    [InlineData("host:host-1 and detail:absent")]
    [InlineData("comm:setpci and pid:1")]
    public async Task BackwardAsync_FilterThatNoIndexKnows_AnswersInPartsWithACursor(string q)
    {
        await StoreAsync(1, 12_000, EventKinds.ContentionAccess, null);
        PostgresEventReader reader = new(_fixture.Source, rowsAtOnce: 5_000);

        EventPage page = await reader.BackwardAsync(Filter(q), null, 100, Ct);

        Assert.Empty(page.Items);
        Assert.NotNull(page.Next); // "Not yet", not "nothing".
        int pages = 1;
        while (page.Next is { } next)
        {
            page = await reader.BackwardAsync(Filter(q), next, 100, Ct);
            Assert.Empty(page.Items);
            Assert.True(page.Next is not { } further || further.CompareTo(next) < 0, "a page goes on");
            pages++;
        }

        Assert.InRange(pages, 2, 60);
    }

    [Theory]
    [InlineData("host:host-1")]
    [InlineData("pid:2")]
    [InlineData("host:host-1 and detail:*refused*")]
    public async Task BackwardAsync_BudgetOfOneStep_AnswersEachEventOnce(string q)
    {
        // Each step uses the budget up, the last of a day too: then there is nothing left of it.
        Random random = new(3);
        List<FleetEvent> stored = [.. (await _fixture.StoreAsync(_fixture.Batch(1, 700, random), _fixture.Batch(2, 300, random))).Events];
        _fixture.Time.Advance(TimeSpan.FromDays(1));
        stored.AddRange((await _fixture.StoreAsync(_fixture.Batch(1, 500, random))).Events);
        EventFilter filter = Filter(q);
        PostgresEventReader reader = new(_fixture.Source, rowsAtOnce: 1);
        List<FleetEvent> found = [];
        EventPosition? next = null;
        do
        {
            EventPage page = await reader.BackwardAsync(filter, next, 90, Ct);
            found.AddRange(page.Items.Select(item => item.Event));
            next = page.Next;
        }
        while (next is not null);

        Assert.Equal(Enumerable.Reverse(stored).Where(filter.Matches).Select(item => item.Id), found.Select(item => item.Id));
    }

    [Fact]
    public async Task BackwardAsync_TimesThatLieApart_AreFoundWithoutWhatIsBetween()
    {
        // An agent that was away delivers old events late: they are of the first minutes, and among the last rows.
        await StoreAsync(1, 4_000, EventKinds.ContentionAccess, null);
        DateTimeOffset then = _fixture.Time.GetUtcNow();
        _fixture.Time.Advance(TimeSpan.FromHours(6));
        await StoreAsync(2, 60_000, EventKinds.ContentionAccess, null);
        IncomingBatch late = _fixture.Batch(3, 20, new Random(1));
        await _fixture.StoreAsync(late with { Events = [.. late.Events.Select(item => item with { Time = then.AddMinutes(-1) })] });

        // All rows would be more than the budget; those of the few minutes are not.
        EventFilter filter = EventFilter.Of(Selector.All, then.AddMinutes(-2), then.AddSeconds(1));
        EventPage page = await new PostgresEventReader(_fixture.Source, rowsAtOnce: 60_000).BackwardAsync(filter, null, 5_000, Ct);

        Assert.Null(page.Next);
        Assert.Equal(20, page.Items.Count(item => item.Event.HostName is "host-3"));
        Assert.Contains(page.Items, item => item.Event.HostName is "host-1");
    }

    [Fact]
    public async Task BackwardAsync_DayThatIsDroppedMeanwhile_AnswersWhatIsLeft()
    {
        await StoreAsync(1, 5, EventKinds.ContentionAccess, null);
        DateOnly old = DateOnly.FromDateTime(_fixture.Time.GetUtcNow().UtcDateTime);
        _fixture.Time.Advance(TimeSpan.FromDays(1));
        StoredGroup kept = await StoreAsync(1, 1, EventKinds.ContentionAccess, null);
        await using NpgsqlConnection dropping = await _fixture.Source.OpenConnectionAsync(Ct);
        await using NpgsqlTransaction transaction = await dropping.BeginTransactionAsync(Ct);
        await using NpgsqlCommand drop = new($"DROP TABLE {DayTables.Events(old)}; DELETE FROM event_days WHERE day = DATE '{old:yyyy-MM-dd}'", dropping);
        await drop.ExecuteNonQueryAsync(Ct);

        Task<EventPage> reading = _fixture.Store.BackwardAsync(EventFilter.Everything, null, 100, Ct);
        await _fixture.UntilSomebodyWaitsAsync();
        await transaction.CommitAsync(Ct);

        Assert.Equal(kept.Events.Select(item => item.Id), (await reading).Items.Select(item => item.Event.Id));
    }

    [Fact]
    public async Task MarkOfAsync_Cancelled_IsNoFailureOfTheDatabase()
    {
        await using NpgsqlConnection other = await _fixture.Source.OpenConnectionAsync(Ct);
        await using NpgsqlTransaction transaction = await other.BeginTransactionAsync(Ct);
        await using NpgsqlCommand locking = new("LOCK TABLE event_marks", other);
        await locking.ExecuteNonQueryAsync(Ct);
        using CancellationTokenSource gone = new();

        Task<long> asking = _fixture.Store.MarkOfAsync(PostgresStoreFixture.Host(1), 1, gone.Token);
        await _fixture.UntilSomebodyWaitsAsync();
        await gone.CancelAsync();

        OperationCanceledException cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.Null(Fleet.Server.Data.DatabaseFailures.Reason(cancelled));
    }

    private static EventFilter Filter(string q) => Selector.TryParse(q, Selectables.EventFields, out Selector? selector, out SelectorError? error)
        ? EventFilter.Of(selector)
        : throw new ArgumentException(error.ToString(), nameof(q));

    private Task<StoredGroup> StoreAsync(int host, int count, string kind, PciAddress? function)
    {
        IncomingBatch batch = _fixture.Batch(host, count, new Random(host));
        return _fixture.StoreAsync(batch with { Events = [.. batch.Events.Select(item => item with { Kind = kind, Function = function, Time = _fixture.Time.GetUtcNow() })] });
    }
}
