using System.IO.Compression;
using Fleet.Contracts;
using Fleet.Server.Data.Events;
using Fleet.Server.Data.Events.Sqlite;
using Fleet.Server.Hosting;
using Fleet.Server.Maintenance;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Server.Tests.Store;

/// <summary>Files of events that are not what this version wrote: older, newer, damaged.</summary>
public sealed class DamageTests : IDisposable
{
    private static readonly DateOnly Day = new(2026, 11, 25);
    private readonly StoreFixture _store = new();
    private readonly Random _random = new(3);

    [Fact]
    public async Task Prepare_FileOfTheFirstFormat_IsConvertedWithItsPositionsMarksAndSums()
    {
        // Made by the server as it was before: 121 events of two hosts, one of them announcing a hole.
        string path = _store.FileOf(Day);
        using (GZipStream packed = new(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Store", "events-format-1.db.gz")), CompressionMode.Decompress))
        using (FileStream file = File.Create(path))
        {
            await packed.CopyToAsync(file, TestContext.Current.CancellationToken);
        }

        _store.Files.Prepare(NullLogger.Instance);

        List<StoredEvent> all = await _store.ReadAsync("");
        Assert.Equal(Enumerable.Range(1, 121).Reverse().Select(row => new EventPosition(Day, row)), all.Select(item => item.Position));
        Assert.Equal(24, (await _store.ReadAsync("kind:mailbox.state")).Count);
        Assert.Equal("Events 41 to 42 of epoch 7 never arrived.", Assert.Single(await _store.ReadAsync("kind:agent.loss")).Event.Detail);
        Assert.Equal(60, (await _store.ReadAsync("host:old-1")).Count);
        HostId host = all[^1].Event.Host;
        Assert.Equal(62, await _store.Store.MarkOfAsync(host, 7, TestContext.Current.CancellationToken));
        DateTimeOffset noon = StoreFixture.Morning.AddHours(4);
        IReadOnlyList<ContentionRow> sums = await _store.Store.ContentionAsync(SumQuery.Each(noon.AddHours(-4), noon), TestContext.Current.CancellationToken);
        Assert.Equal((await _store.ReadAsync("kind:contention.*")).Count, sums.Sum(sum => sum.Count));
        Assert.Equal(["events-20261125.db", "events-20261125.db-shm", "events-20261125.db-wal", "server.lock"], Directory.EnumerateFiles(_store.Data.Root).Select(Path.GetFileName).Order());

        IncomingBatch more = _store.Batch(1, 3, _random);
        await _store.StoreAsync(more);
        Assert.Equal(new EventPosition(Day, 124), (await _store.ReadAsync(""))[0].Position);
    }

    [Fact]
    public void Prepare_FileOfALaterFormat_RefusesToStart()
    {
        DayFile.Open(_store.Files, Day, new SumVariety()).Dispose();
        using (SqliteConnection file = _store.Files.OpenForWriting(Day))
        {
            Statement.Run(file, "PRAGMA user_version=9");
        }

        StartException refusal = Assert.Throws<StartException>(() => _store.Files.Prepare(NullLogger.Instance));

        Assert.Contains("format 9", refusal.Message);
    }

    [Theory]
    [InlineData(0, 16)] // What says that it is a file of SQLite's.
    [InlineData(8192, 200_000)] // The trees of tables.
    public async Task BackwardAsync_DamagedDay_IsSetAsideAndTheRestIsServed(int from, int bytes)
    {
        await _store.StoreAsync(_store.Batch(1, 2000, _random));
        _store.Time.Advance(TimeSpan.FromDays(1));
        await _store.StoreAsync(_store.Batch(1, 10, _random));
        WriteOut();
        Damage(_store.FileOf(Day), from, bytes);
        _store.Reopen();

        Assert.Equal(10, (await _store.ReadAsync("host:host-1")).Count);
        Assert.Equal([Day.AddDays(1)], _store.Files.Days());
        Assert.Equal(["events-20261125.db.damaged"], _store.Files.Damaged());
    }

    [Fact]
    public async Task StoreAsync_FileOfTodayCutOff_GoesOnInANewOneAndSaysWhatWasLost()
    {
        await _store.StoreAsync(_store.Batch(1, 2000, _random));
        _store.Store.Dispose();
        using (FileStream file = new(_store.FileOf(Day), FileMode.Open))
        {
            file.SetLength(20_000);
        }

        _store.Reopen();
        await StoreAtLastAsync(_store.Batch(1, 5, _random));

        List<StoredEvent> all = await _store.ReadAsync("");
        Assert.Equal(["events-20261125.db.damaged"], _store.Files.Damaged());
        Assert.Equal(5, all.Count(item => item.Event.Kind != EventKinds.AgentLoss));
        Assert.Equal(2005, await _store.Store.MarkOfAsync(_store.Host(1), 1, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ForwardAsync_TodaysFileWasSetAside_WhoFollowsGetsWhatComesAfter()
    {
        await _store.StoreAsync(_store.Batch(1, 2000, _random));
        EventPosition seen = await _store.Store.EndAsync(TestContext.Current.CancellationToken);
        foreach (int length in (int[])[20_000, 16_384])
        {
            WriteOut();
            using (FileStream file = new(_store.FileOf(Day), FileMode.Open))
            {
                file.SetLength(length);
            }

            _store.Reopen();
            await StoreAtLastAsync(_store.Batch(1, 5, _random));

            EventPage page = await _store.Store.ForwardAsync(EventFilter.Everything, seen, 100, TestContext.Current.CancellationToken);
            Assert.True(page.Items.Count is >= 5 and <= 6, $"{page.Items.Count} events came after {seen}.");
            Assert.All(await _store.ReadAsync(""), item => Assert.True(item.Position.CompareTo(seen) > 0));
            seen = page.Next!.Value;
        }

        Assert.Equal(2, _store.Files.Damaged().Count);
    }

    [Fact]
    public async Task ContentionAsync_DamagedSums_AreSetAsideAndTheRestIsServed()
    {
        await _store.StoreAsync(_store.Batch(1, 2000, _random));
        _store.Time.Advance(TimeSpan.FromDays(1));
        await _store.StoreAsync(_store.Batch(1, 100, _random));
        await _store.Store.DeleteAsync(Day, TestContext.Current.CancellationToken);
        SqliteConnection.ClearAllPools();
        string sums = Path.Combine(_store.Data.Root, "sums-20261125.db");
        Damage(sums, 4096, 200_000);

        List<string> problems = [.. await new StoreCheck(_store.Data.Root, _ => { }).RunAsync(TestContext.Current.CancellationToken)];
        DateTimeOffset now = _store.Time.GetUtcNow();
        IReadOnlyList<ContentionRow> read = await _store.Store.ContentionAsync(SumQuery.Each(now.AddDays(-3), now), TestContext.Current.CancellationToken);

        Assert.Contains(problems, problem => problem.StartsWith("sums-20261125.db", StringComparison.Ordinal));
        Assert.NotEmpty(read);
        Assert.All(read, sum => Assert.True(sum.Minute >= StoreFixture.Morning.AddDays(1).AddHours(-2)));
        Assert.Equal(["sums-20261125.db.damaged"], _store.Store.Damaged());
        Assert.False(File.Exists(sums));
    }

    [Fact]
    public async Task BackwardAsync_OneTextDamaged_LeavesItOutAlone()
    {
        await _store.StoreAsync(_store.Batch(1, 10, _random));
        using (SqliteConnection file = _store.Files.OpenForWriting(Day))
        {
            Statement.Run(file, "UPDATE events SET payload = replace(payload, '{', '[') WHERE id = 4");
        }

        Assert.Equal([10, 9, 8, 7, 6, 5, 3, 2, 1], (await _store.ReadAsync("")).Select(item => item.Position.Row));
    }

    public void Dispose() => _store.Dispose();

    // Or the log still has what the file had.
    private void WriteOut()
    {
        _store.Store.Dispose();
        using (SqliteConnection file = _store.Files.OpenForWriting(Day))
        {
            Statement.Run(file, "PRAGMA wal_checkpoint(TRUNCATE)");
        }

        SqliteConnection.ClearAllPools();
    }

    private async Task StoreAtLastAsync(IncomingBatch batch)
    {
        try
        {
            await _store.StoreAsync(batch);
        }
        catch (StoreUnavailableException)
        {
            await _store.StoreAsync(batch); // An agent sends again what was not acknowledged.
        }
    }

    private static void Damage(string path, int from, int bytes)
    {
        using FileStream file = new(path, FileMode.Open);
        file.Position = from;
        byte[] noise = new byte[Math.Min(bytes, file.Length - from)];
        new Random(9).NextBytes(noise);
        file.Write(noise);
    }
}
