using System.Net;
using Fleet.Server.Data.Events;
using Fleet.Server.Data.Events.Sqlite;
using Fleet.Server.Hosting;
using Fleet.Server.Live.Cell;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Server.Tests.Store;

public sealed class RetentionTests : IDisposable
{
    private static readonly DateOnly First = new(2026, 11, 25);
    private readonly StoreFixture _store = new();
    private readonly Random _random = new(11);

    [Fact]
    public void Of_EveryDayPassed_DeletesWhatIsOlderThanKept() =>
        Assert.Equal(Days(0, 1), RetentionPlan.Of(Stored(0, 1, 2, 3, 4, 5), First.AddDays(5), 3, null, []).ByAge);

    [Theory]
    [InlineData(40)]
    [InlineData(4000)]
    public void Of_ClockJumpsAhead_AgesNothing(int days)
    {
        // The scar: a clock a year ahead for a minute, and a year of evidence was gone.
        RetentionPlan plan = RetentionPlan.Of([.. Stored(0, 1, 2, 3), new StoredDay(First.AddDays(days), 1)], First.AddDays(days), 3, null, []);

        Assert.Empty(plan.ByAge);
        Assert.Equal(Days(0, 1, 2, 3), plan.HeldBack);
    }

    [Fact]
    public void Of_ServerThatWasOffForLong_DeletesAsDaysPass()
    {
        Assert.Empty(RetentionPlan.Of(Stored(0, 1, 2, 100), First.AddDays(100), 2, null, []).ByAge);
        Assert.Equal(Days(0), RetentionPlan.Of(Stored(0, 1, 2, 100, 101), First.AddDays(101), 2, null, []).ByAge);
    }

    [Fact]
    public void Of_QuietDaysBetween_PassWhereAServerLivedThroughThem()
    {
        Assert.Equal(Days(0, 2, 4), RetentionPlan.Of(Stored(0, 2, 4, 6, 8), First.AddDays(8), 3, null, Days(1, 2, 3, 4, 5, 6, 7, 8)).ByAge);
        Assert.Empty(RetentionPlan.Of(Stored(0, 2, 4, 6, 8), First.AddDays(8), 3, null, []).ByAge);
        Assert.Empty(RetentionPlan.Of(Stored(0), First.AddDays(8), 3, null, Days(1, 2, 3, 4, 5, 6, 7, 8)).ByAge); // It carries the marks.
    }

    [Fact]
    public void Of_MoreBytesThanAllowed_DeletesTheOldestButNeverTheNewest()
    {
        Assert.Equal(Days(0, 1), RetentionPlan.Of(Stored(0, 1, 2, 3), First.AddDays(3), 30, 25, []).BySize);
        Assert.Equal(Days(0, 1, 2), RetentionPlan.Of(Stored(0, 1, 2, 3), First.AddDays(3), 30, 1, []).BySize);
        Assert.Empty(RetentionPlan.Of(Stored(3), First.AddDays(3), 30, 1, []).BySize);
    }

    [Fact]
    public async Task SweepAsync_DaysPastRetention_GoButMarksAndSumsStay()
    {
        await FillAsync(6);

        await SweepAsync(retentionDays: 2, rollupDays: 4);

        // Of six days three are kept with the one under way; of the others' sums one is past four days as well.
        Assert.Equal(Days(3, 4, 5), _store.Files.Days());
        Assert.Equal(Days(1, 2), await _store.Store.SumDaysAsync(TestContext.Current.CancellationToken));
        Assert.Equal(60, await _store.Store.MarkOfAsync(_store.Host(1), 1, TestContext.Current.CancellationToken));
        DateTimeOffset now = _store.Time.GetUtcNow();
        Assert.Equal(
            Days(1, 2, 3, 4, 5),
            (await _store.Store.ContentionAsync(SumQuery.Each(now.AddDays(-30), now), TestContext.Current.CancellationToken))
                .Select(sum => DateOnly.FromDateTime(sum.Minute.AddHours(2).UtcDateTime)).Distinct().Order());
    }

    [Fact]
    public async Task SweepAsync_ClockAYearAheadForAMinute_DeletesNothing()
    {
        await FillAsync(3);
        _store.Time.Advance(TimeSpan.FromDays(365));
        await _store.StoreAsync(_store.Batch(1, 1, _random));

        await SweepAsync(retentionDays: 2, rollupDays: 2);

        Assert.Equal([.. Days(0, 1, 2), First.AddDays(2 + 365)], _store.Files.Days());
        Assert.Equal(31, (await _store.ReadAsync("")).Count);
    }

    [Fact]
    public async Task SweepAsync_OldestDayIsDamaged_TheOthersGo()
    {
        await FillAsync(6);
        _store.Reopen();
        SqliteConnection.ClearAllPools();
        using (SqliteConnection file = _store.Files.OpenForWriting(First))
        {
            Statement.Run(file, "PRAGMA wal_checkpoint(TRUNCATE)");
        }

        using (FileStream file = new(_store.FileOf(First), FileMode.Open))
        {
            file.Position = 8192;
            file.Write(Enumerable.Repeat((byte)0xA5, (int)file.Length - 8192).ToArray());
        }

        await SweepAsync(retentionDays: 2, rollupDays: 4);

        Assert.Equal(Days(3, 4, 5), _store.Files.Days());
        Assert.Equal(["events-20261125.db.damaged"], _store.Files.Damaged());
    }

    [Fact]
    public async Task SweepAsync_EventsEachOtherDayOnly_AreDeletedAsTheDaysPass()
    {
        using Retention retention = await RetentionAsync(retentionDays: 3, rollupDays: 3);
        for (int day = 0; day < 10; day++)
        {
            if (day % 2 is 0)
            {
                await _store.StoreAsync(_store.Batch(1, 10, _random));
            }

            await retention.SweepAsync(TestContext.Current.CancellationToken);
            _store.Time.Advance(TimeSpan.FromDays(1));
        }

        Assert.Equal(Days(6, 8), _store.Files.Days());
    }

    public void Dispose() => _store.Dispose();

    private static DateOnly[] Days(params int[] days) => [.. days.Select(day => First.AddDays(day))];

    private static StoredDay[] Stored(params int[] days) => [.. days.Select(day => new StoredDay(First.AddDays(day), 10))];

    // Events may be two hours older than their arrival: they stay within the day they arrive on.
    private async Task FillAsync(int days)
    {
        for (int day = 0; day < days; day++)
        {
            if (day > 0)
            {
                _store.Time.Advance(TimeSpan.FromDays(1));
            }

            await _store.StoreAsync(_store.Batch(1, 10, _random));
        }
    }

    private async Task SweepAsync(int retentionDays, int rollupDays)
    {
        using Retention retention = await RetentionAsync(retentionDays, rollupDays);
        await retention.SweepAsync(TestContext.Current.CancellationToken);
    }

    private async Task<Retention> RetentionAsync(int retentionDays, int rollupDays)
    {
        ServerOptions options = new()
        {
            Http = new IPEndPoint(0, 0),
            Agents = new IPEndPoint(0, 0),
            DataDirectory = _store.Data.Root,
            RetentionDays = retentionDays,
            RollupDays = rollupDays,
        };
        return new(new SoleLeader(_store.Time), _store.Store, new PassedMidnights(await _store.FleetAsync()), options, _store.Time, NullLogger<Retention>.Instance);
    }
}
