using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Data.Events;
using Fleet.Server.Data.Events.Postgres;
using Npgsql;

namespace Fleet.Server.Tests.Postgres;

public sealed class PostgresStoreTests : IAsyncLifetime
{
    private readonly PostgresStoreFixture _fixture = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

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
    [InlineData("offset:0x10 and decision:refuse")]
    [InlineData("exe:/usr/*/setpci and uid:0")]
    [InlineData("lspci")]
    public async Task BackwardAsync_AnyFilter_AnswersWhatTheSelectorSelects(string q)
    {
        List<FleetEvent> stored = await FillAsync();
        Assert.True(Selector.TryParse(q, Selectables.EventFields, out Selector? selector, out _));
        IEnumerable<FleetEvent> selected = Enumerable.Reverse(stored).Where(item => selector.Matches(Selectables.Of(item)));

        Assert.Equal(selected.Select(item => item.Id), (await _fixture.ReadAsync(q, limit: 61)).Select(item => item.Event.Id));
    }

    [Theory]
    [InlineData(-60, -30)]
    [InlineData(-600, null)]
    [InlineData(null, -90)]
    [InlineData(100, 200)]
    public async Task BackwardAsync_BetweenTimes_AnswersWhatHappenedThen(int? since, int? until)
    {
        List<FleetEvent> stored = await FillAsync();
        DateTimeOffset? from = since is { } a ? PostgresStoreFixture.Morning.AddMinutes(a) : null;
        DateTimeOffset? to = until is { } b ? PostgresStoreFixture.Morning.AddMinutes(b) : null;
        IEnumerable<FleetEvent> selected = Enumerable.Reverse(stored)
            .Where(item => (from is null || item.Time >= from) && (to is null || item.Time < to) && item.HostName is "host-2");

        Assert.Equal(selected.Select(item => item.Id), (await _fixture.ReadAsync("host:host-2", since: from, until: to)).Select(item => item.Event.Id));
    }

    [Fact]
    public async Task StoreAsync_RepeatedOnAnotherServer_StoresEachOnce()
    {
        await _fixture.StoreAsync(_fixture.Batch(1, 2, 3));

        StoredGroup again = await _fixture.Another().StoreAsync([_fixture.Batch(2, 3, 4)], Ct);

        Assert.Equal([4], again.Events.Select(item => item.Sequence));
        Assert.Equal([4], again.Marks);
        Assert.Equal(4, await _fixture.Store.MarkOfAsync(PostgresStoreFixture.Host(0), 1, Ct));
    }

    [Fact]
    public async Task StoreAsync_SequenceWithHole_CountsWhatIsMissingAsLost()
    {
        StoredGroup stored = await _fixture.StoreAsync(_fixture.Batch(1, 5));

        Assert.Equal([EventKinds.AgentLoss], stored.Events.Where(item => item.Epoch is 0).Select(item => item.Kind));
        Assert.Equal(3, (await _fixture.Store.LossesAsync(PostgresStoreFixture.Morning.AddHours(-3), PostgresStoreFixture.Morning, Ct)).Values.Sum());
    }

    [Fact]
    public async Task StoreAsync_TextsThatPostgreSqlCannotHold_AreStoredWithAReplacement()
    {
        IncomingBatch batch = _fixture.Batch(1, 2, 3);
        FleetEvent[] events =
        [
            batch.Events[0] with { Kind = EventKinds.ContentionAccess, Caller = batch.Events[0].Caller! with { Comm = "a\0b" } },
            batch.Events[1] with { Kind = EventKinds.ContentionAccess, Caller = batch.Events[1].Caller! with { Comm = "a\uFFFDb" }, Time = batch.Events[0].Time },
            batch.Events[2] with { Detail = "nul \0 and half a pair" },
        ];

        Assert.Equal(3, (await _fixture.StoreAsync(batch with { Events = events })).Events.Count);

        // The event itself is as it came; only what is looked up by is not.
        Assert.Equal("a\0b", (await _fixture.ReadAsync("")).Select(item => item.Event).Single(item => item.Sequence is 1).Caller!.Comm);
        Assert.Equal(2, (await _fixture.Store.ContentionAsync(SumQuery.Each(PostgresStoreFixture.Morning.AddHours(-3), PostgresStoreFixture.Morning), Ct)).Sum(row => row.Count));
    }

    [Fact]
    public async Task Spire6876_ManyWritersOnTwoServers_AFollowerSeesEveryRowOnceInOrder()
    {
        // A follower asks for what is after the last position it saw. Numbers from a sequence would become visible out of order, and it would pass some.
        const int writers = 6;
        const int batches = 25;
        PostgresEventStore[] servers = [_fixture.Store, _fixture.Another()];
        SemaphoreSlim[] one = [new(1), new(1)];
        Task[] storing = [.. Enumerable.Range(0, writers).Select(writer => Task.Run(
            async () =>
            {
                Random random = new(writer);
                for (int i = 0; i < batches; i++)
                {
                    // Within a server there is one writer, as there is in the product.
                    int server = writer % servers.Length;
                    await one[server].WaitAsync(Ct);
                    await servers[server].StoreAsync([_fixture.Batch(writer, random.Next(1, 40), random)], Ct);
                    one[server].Release();
                }
            },
            Ct))];
        Task all = Task.WhenAll(storing);

        List<StoredEvent> followed = [];
        EventPosition position = default;
        bool last = false;
        while (true)
        {
            EventPage page = await servers[1].ForwardAsync(EventFilter.Everything, position, 100, Ct);
            followed.AddRange(page.Items);
            position = page.Next!.Value;
            if (page.Items.Count is 0)
            {
                if (last)
                {
                    break;
                }

                last = all.IsCompleted;
            }
        }

        await all;
        Assert.Equal(followed.Select(item => item.Position.Row), Enumerable.Range(1, followed.Count).Select(row => (long)row));
        Assert.Equal(followed.Count, followed.DistinctBy(item => item.Event.Id).Count());
        Assert.Equal(followed.Count, await CountAsync("SELECT count(*) FROM events"));
        Assert.All(followed.GroupBy(item => item.Event.Host), host => Assert.Equal(host.Select(item => item.Event.Sequence), host.Select(item => item.Event.Sequence).Order()));
    }

    [Fact]
    public async Task DeleteAsync_OfADay_DropsItsEventsAndLaterItsSumsButNoMark()
    {
        IncomingBatch batch = _fixture.Batch(1, 2);
        await _fixture.StoreAsync(batch with { Events = [.. batch.Events.Select(item => item with { Kind = EventKinds.ContentionAccess })] });
        DateOnly old = DateOnly.FromDateTime(PostgresStoreFixture.Morning.UtcDateTime);
        _fixture.Time.Advance(TimeSpan.FromDays(31));
        await _fixture.StoreAsync(_fixture.Batch(3));
        Assert.All(await _fixture.Store.StoredDaysAsync(Ct), day => Assert.True(day.Bytes > 0));

        await _fixture.Store.DeleteAsync(old, Ct);

        Assert.DoesNotContain(old, await _fixture.Store.DaysAsync(Ct));
        Assert.Equal([old], await _fixture.Store.SumDaysAsync(Ct));
        Assert.Equal(2, (await _fixture.Store.ContentionAsync(SumQuery.Each(PostgresStoreFixture.Morning.AddHours(-3), PostgresStoreFixture.Morning), Ct)).Sum(row => row.Count));
        Assert.Empty((await _fixture.StoreAsync(_fixture.Batch(1, 2))).Events);

        await _fixture.Store.DeleteSumsAsync(old, Ct);

        Assert.Empty(await _fixture.Store.SumDaysAsync(Ct));
        Assert.Equal(0, await CountAsync($"SELECT count(*) FROM pg_class WHERE relname LIKE '%{old:yyyyMMdd}%'"));
    }

    [Fact]
    public async Task DeleteSumsAsync_OfAQuietDay_DropsThePartitionThatWasMadeReadyForItsEvents()
    {
        await _fixture.StoreAsync(_fixture.Batch(1, 10, new Random(1)));
        DateOnly quiet = DateOnly.FromDateTime(PostgresStoreFixture.Morning.UtcDateTime).AddDays(1);
        await _fixture.Store.PrepareAsync(quiet, Ct);
        _fixture.Time.Advance(TimeSpan.FromDays(2));
        await _fixture.StoreAsync(_fixture.Batch(1, 10, new Random(1)));
        Assert.Equal([quiet], await _fixture.Store.SumDaysAsync(Ct));

        await _fixture.Store.DeleteSumsAsync(quiet, Ct);

        Assert.Equal(0, await CountAsync($"SELECT count(*) FROM pg_class WHERE relname LIKE '%{quiet:yyyyMMdd}%'"));
    }

    [Fact]
    public async Task ForwardAsync_SmallBudget_MissesAndRepeatsNothing()
    {
        for (int day = 0; day < 2; day++)
        {
            for (int batch = 0; batch < 5; batch++)
            {
                await _fixture.StoreAsync(_fixture.Batch(1, 5_000, new Random(batch)));
            }

            _fixture.Time.Advance(TimeSpan.FromDays(1));
        }

        Assert.True(Selector.TryParse("pid:7 and comm:lspci", Selectables.EventFields, out Selector? selector, out _));
        PostgresEventReader reader = new(_fixture.Source, rowsAtOnce: 1_000);
        EventPosition position = default;
        List<EventPosition> found = [];
        int pages = 0;
        EventPage page;
        do
        {
            page = await reader.ForwardAsync(EventFilter.Of(selector), position, 50, Ct);
            found.AddRange(page.Items.Select(item => item.Position));
            Assert.True(!page.More || page.Next!.Value.CompareTo(position) > 0);
            position = page.Next!.Value;
            pages++;
        }
        while (page.More);

        Assert.Equal((await _fixture.ReadAsync("pid:7 and comm:lspci")).Select(item => item.Position).Reverse(), found);
        Assert.True(pages > 2);
        Assert.Equal(await reader.EndAsync(Ct), position);
    }

    [Fact]
    public async Task StoreAsync_ClockSetBackAcrossMidnight_GoesOnInTheNewestDay()
    {
        await _fixture.StoreAsync(_fixture.Batch(1));
        _fixture.Time.SetUtcNow(PostgresStoreFixture.Morning.AddDays(1));
        EventPosition ahead = (await _fixture.StoreAsync(_fixture.Batch(2))).Last;
        PostgresEventStore behind = new(_fixture.Source, new Microsoft.Extensions.Time.Testing.FakeTimeProvider(PostgresStoreFixture.Morning));

        Assert.Equal(ahead with { Row = ahead.Row + 1 }, (await behind.StoreAsync([_fixture.Batch(3)], Ct)).Last);
    }

    [Fact]
    public async Task PrepareAsync_OfTomorrow_MakesItsPartitionsOnceAndNoDay()
    {
        await _fixture.StoreAsync(_fixture.Batch(1));
        DateOnly tomorrow = DateOnly.FromDateTime(PostgresStoreFixture.Morning.UtcDateTime).AddDays(1);

        await Task.WhenAll(_fixture.Store.PrepareAsync(tomorrow, Ct), _fixture.Another().PrepareAsync(tomorrow, Ct));

        Assert.Equal(2, await CountAsync($"SELECT count(*) FROM pg_class WHERE relname IN ('{DayTables.Events(tomorrow)}', '{DayTables.Contention(tomorrow)}')"));
        Assert.DoesNotContain(tomorrow, await _fixture.Store.DaysAsync(Ct));
    }

    [Fact]
    public async Task StoreAsync_MoreTextsThanGetNumbers_AreFoundAllTheSame()
    {
        await _fixture.StoreAsync(_fixture.Batch(1));
        await using NpgsqlCommand fill = _fixture.Source.CreateCommand(
            $"INSERT INTO event_words(day, code, text) SELECT day, n, 'word ' || n FROM event_days, generate_series(100, {NameBounds.Words + 100}) AS n");
        await fill.ExecuteNonQueryAsync(Ct);
        IncomingBatch batch = _fixture.Batch(2);

        await _fixture.StoreAsync(batch with { Events = [batch.Events[0] with { Kind = "one.too.many", Caller = batch.Events[0].Caller! with { Comm = "late" } }] });

        Assert.Single(await _fixture.ReadAsync("comm:late and kind:one.too.many"));

        // All of them share a number: what is looked up for a page of one is then mostly something else, and the looking goes on.
        IncomingBatch others = _fixture.Batch([.. Enumerable.Range(3, 200).Select(sequence => (long)sequence)]);
        await _fixture.StoreAsync(others with { Events = [.. others.Events.Select(item => item with { Kind = "another.too.many" })] });

        Assert.Equal([2], (await _fixture.ReadAsync("kind:one.too.many", limit: 1)).Select(item => item.Event.Sequence));
    }

    private async Task<List<FleetEvent>> FillAsync()
    {
        Random random = new(7);
        List<FleetEvent> stored = [];
        while (stored.Count < 9_000)
        {
            stored.AddRange((await _fixture.StoreAsync([.. Enumerable.Range(0, 5).Select(host => _fixture.Batch(host, random.Next(1, 300), random))])).Events);
        }

        return stored;
    }

    private async Task<long> CountAsync(string sql)
    {
        await using NpgsqlCommand command = _fixture.Source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(Ct))!;
    }
}
