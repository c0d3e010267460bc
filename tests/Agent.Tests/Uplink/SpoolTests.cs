using Fleet.Agent.Uplink;
using Fleet.Contracts;
using Fleet.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Uplink;

public sealed class SpoolTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Publish_FromManyThreads_SequencesHaveNoHoles()
    {
        await using Spool spool = Open();
        Parallel.For(0, 8, _ =>
        {
            for (int i = 0; i < 50; i++)
            {
                spool.Publish(Event(EventKinds.ContentionAccess));
            }
        });
        await spool.FlushAsync(TestContext.Current.CancellationToken);

        IReadOnlyList<FleetEvent> events = spool.Read(1000, int.MaxValue);

        Assert.Equal(Enumerable.Range(1, 400).Select(i => (long)i), events.Select(e => e.Sequence));
        Assert.All(events, e => Assert.Equal(("host-a", spool.Epoch), (e.HostName, e.Epoch)));
    }

    [Fact]
    public async Task Open_AfterCrash_KeepsEpochEventsAndNumbers()
    {
        long epoch;
        await using (Spool spool = Open())
        {
            epoch = spool.Epoch;
            spool.Publish(Event(EventKinds.ClaimGranted));
            spool.Publish(Event(EventKinds.ClaimReleased));
            await spool.FlushAsync(TestContext.Current.CancellationToken);
            spool.Read(10, int.MaxValue);
            Assert.True(spool.Acknowledge(new BatchAcknowledgement(epoch, 1)));
            Copy("crashed.db");
        }

        await using Spool reopened = Open("crashed.db");
        reopened.Publish(Event(EventKinds.ClaimExpired));
        await reopened.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal(epoch, reopened.Epoch);
        // The agent that was killed may have published what it had not written: nobody knows how many.
        IReadOnlyList<FleetEvent> waiting = reopened.Read(10, int.MaxValue);
        Assert.Equal([(2L, EventKinds.ClaimReleased), (3L, EventKinds.AgentLoss), (4L, EventKinds.ClaimExpired)], waiting.Select(e => (e.Sequence, e.Kind)));
        Assert.True(waiting[1].CountUnknown);
        Assert.Contains(LossReasons.UncleanStop, waiting[1].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_AllAcknowledged_NumbersGoOn()
    {
        await using (Spool spool = Open())
        {
            spool.Publish(Event(EventKinds.ClaimGranted));
            await spool.FlushAsync(TestContext.Current.CancellationToken);
            spool.Read(10, int.MaxValue);
            spool.Acknowledge(new BatchAcknowledgement(spool.Epoch, 1));
        }

        await using Spool reopened = Open();
        reopened.Publish(Event(EventKinds.ClaimGranted));
        await reopened.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, Assert.Single(reopened.Read(10, int.MaxValue)).Sequence);
    }

    [Fact]
    public async Task Publish_RoomGetsShort_MergesContentionBeforeAnythingIsDropped()
    {
        await using Spool spool = Open(maxEvents: 100);
        for (int i = 0; i < 300; i++)
        {
            spool.Publish(Contention(i % 3, i));
        }

        spool.Publish(Event(EventKinds.ClaimGranted));
        await spool.FlushAsync(TestContext.Current.CancellationToken);

        Assert.InRange(spool.Count, 50, 60);
        Assert.All(spool.Lost.Values, lost => Assert.Equal(0, lost));
        IReadOnlyList<FleetEvent> all = await DrainAsync(spool, 54);
        Assert.Equal(300, all.Where(MergeKey.IsContention).Sum(e => e.Count));
        Assert.Equal(Enumerable.Range(1, all.Count).Select(i => (long)i), all.Select(e => e.Sequence));
        Assert.All([0, 1, 2], offset => Assert.Equal(100, all.Where(e => e.Offset == offset).Sum(e => e.Count)));
        FleetEvent merged = all.First(e => e.Count > 1);
        Assert.True(merged.First < merged.Time, "a merged event spans its occurrences");
    }

    [Fact]
    public async Task Publish_MoreKindsOfContentionThanRoom_DropsAndAnnouncesCountAndReason()
    {
        await using Spool spool = Open(maxEvents: 100);
        for (int i = 0; i < 150; i++)
        {
            spool.Publish(Contention(i, i));
        }

        spool.Publish(Event(EventKinds.ClaimGranted));
        await spool.FlushAsync(TestContext.Current.CancellationToken);
        long lost = spool.Lost[LossReasons.SpoolFull];
        Assert.True(lost > 0, "there was room for all");

        IReadOnlyList<FleetEvent> all = await DrainAsync(spool, 150 - (int)lost + 2);

        Assert.Contains(all, e => e.Kind is EventKinds.ClaimGranted);
        FleetEvent loss = Assert.Single(all, e => e.Kind is EventKinds.AgentLoss);
        Assert.Equal((lost, (bool?)null), (loss.Count, loss.CountUnknown));
        Assert.Contains(LossReasons.SpoolFull, loss.Detail, StringComparison.Ordinal);
        Assert.Equal(150, lost + all.Where(MergeKey.IsContention).Sum(e => e.Count));
    }

    [Fact]
    public async Task Publish_FullOfState_KeepsTheFirstAndCountsTheRest()
    {
        await using Spool spool = Open(maxEvents: 100);
        for (int i = 0; i < 120; i++)
        {
            spool.Publish(Event(EventKinds.ClaimGranted));
        }

        await spool.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal((99, 21), (spool.Count, spool.Lost[LossReasons.SpoolFull]));
    }

    [Fact]
    public async Task Publish_BytesFull_IsBoundedToo()
    {
        await using Spool spool = new(
            new SpoolOptions { Path = _directory.File("spool.db"), MaxBytes = 100_000 }, "host-a", TimeProvider.System, NullLogger.Instance);
        for (int i = 0; i < 400; i++)
        {
            spool.Publish(Event(EventKinds.ClaimGranted) with { Detail = new string('x', 500) });
        }

        await spool.FlushAsync(TestContext.Current.CancellationToken);

        Assert.InRange(spool.Bytes, 50_000, 130_000);
        Assert.True(spool.Lost[LossReasons.SpoolFull] > 0, "nothing was refused");
    }

    [Fact]
    public async Task Publish_QueueFull_MergesContentionWithoutHoldingThePublisherBack()
    {
        List<IReadOnlyList<FleetEvent>> committed = [];
        using ManualResetEventSlim disk = new(false);
        await using Spool spool = new(
            new SpoolOptions
            {
                Path = _directory.File("spool.db"),
                QueueLength = 8,
                PublishPatience = TimeSpan.FromMinutes(10),
                Committed = events =>
                {
                    committed.Add(events);
                    disk.Wait();
                },
            },
            "host-a",
            TimeProvider.System,
            NullLogger.Instance);
        for (int i = 0; i < 1000; i++)
        {
            spool.Publish(Contention(0, i)); // A publisher that waited would wait for ten minutes.
        }

        disk.Set();
        await spool.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1000, committed.SelectMany(c => c).Sum(e => e.Count));
        Assert.True(spool.Merged > 900, $"{spool.Merged} were merged");
    }

    [Fact]
    public async Task Publish_DiskRefuses_SaysSoKeepsTheRestAndTellsOfLossesOnce()
    {
        await using Spool spool = new(
            new SpoolOptions { Path = _directory.File("spool.db"), QueueLength = 8, PublishPatience = TimeSpan.Zero }, "host-a", TimeProvider.System, NullLogger.Instance);
        await spool.FlushAsync(TestContext.Current.CancellationToken);
        Meddle("ALTER TABLE merged RENAME TO gone; ALTER TABLE losses RENAME TO away;");
        spool.Publish(Event(EventKinds.ClaimGranted));
        await WaitFor.TrueAsync(() => spool.Trouble is not null);
        for (int i = 0; i < 100; i++)
        {
            spool.Publish(Event(EventKinds.ClaimGranted));
        }

        Meddle("ALTER TABLE gone RENAME TO merged; ALTER TABLE away RENAME TO losses;");
        await spool.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Null(spool.Trouble);
        long lost = spool.Lost[LossReasons.DiskFailed];
        Assert.True(lost >= 90, $"{lost} were lost");
        await WaitFor.TrueAsync(() => spool.Read(1000, int.MaxValue).Any(e => e.Kind is EventKinds.AgentLoss));
        IReadOnlyList<FleetEvent> all = spool.Read(1000, int.MaxValue);
        Assert.Equal(lost, Assert.Single(all, e => e.Kind is EventKinds.AgentLoss).Count);
        Assert.Equal(101, lost + all.Count(e => e.Kind is EventKinds.ClaimGranted));
    }

    [Fact]
    public async Task Open_AfterACleanStop_TellsOfNoLoss()
    {
        await using (Spool spool = Open())
        {
            spool.Publish(Event(EventKinds.ClaimGranted));
        }

        await using Spool reopened = Open();
        reopened.Publish(Event(EventKinds.ClaimReleased));
        await reopened.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal([EventKinds.ClaimGranted, EventKinds.ClaimReleased], reopened.Read(10, int.MaxValue).Select(e => e.Kind));
    }

    [Fact]
    public async Task Open_MergedAndNotSentBeforeACrash_KeepsTheSum()
    {
        await using (Spool spool = Open(maxEvents: 100))
        {
            for (int i = 0; i < 200; i++)
            {
                spool.Publish(Contention(0, i));
            }

            await spool.FlushAsync(TestContext.Current.CancellationToken);
            Copy("crashed.db");
        }

        await using Spool reopened = Open("crashed.db", maxEvents: 100);
        for (int i = 0; i < 50; i++)
        {
            reopened.Publish(Contention(0, 200 + i));
        }

        await reopened.FlushAsync(TestContext.Current.CancellationToken);
        IReadOnlyList<FleetEvent> all = await DrainAsync(reopened, 52);
        Assert.Equal(250, all.Where(MergeKey.IsContention).Sum(e => e.Count));
    }

    [Fact]
    public async Task Acknowledge_OfNumbersThatARestoredFileGaveOutAgain_IsRefused()
    {
        await using (Spool spool = Open())
        {
            spool.Publish(Event(EventKinds.ClaimGranted));
            await spool.FlushAsync(TestContext.Current.CancellationToken);
            Copy("restored.db");
        }

        // The server had five events of this epoch; the copy numbers others by 2 to 6 before it hears of that.
        await using Spool restored = Open("restored.db");
        for (int i = 0; i < 5; i++)
        {
            restored.Publish(Event(EventKinds.ClaimReleased));
        }

        await restored.FlushAsync(TestContext.Current.CancellationToken);

        Assert.False(restored.Acknowledge(new BatchAcknowledgement(restored.Epoch, 5)));
        await restored.StartNewEpochAsync(TestContext.Current.CancellationToken);
        IReadOnlyList<FleetEvent> all = restored.Read(100, int.MaxValue);
        Assert.Equal(5, all.Count(e => e.Kind is EventKinds.ClaimReleased));
        Assert.Contains(all, e => e is { Kind: EventKinds.AgentLoss, CountUnknown: true } && e.Detail!.Contains(LossReasons.SpoolRestored, StringComparison.Ordinal));
        Assert.Equal(Enumerable.Range(1, all.Count).Select(i => (long)i), all.Select(e => e.Sequence));
    }

    [Fact]
    public async Task Serve_AnotherServersIdentity_BeginsANewEpochAndKeepsWhatWaits()
    {
        await using Spool spool = Open();
        HostId first = new(Guid.CreateVersion7());
        await spool.ServeAsync(first, TestContext.Current.CancellationToken);
        long epoch = spool.Epoch;
        for (int i = 0; i < 3; i++)
        {
            spool.Publish(Event(EventKinds.ClaimGranted));
        }

        await spool.FlushAsync(TestContext.Current.CancellationToken);
        spool.Read(2, int.MaxValue);
        Assert.True(spool.Acknowledge(new BatchAcknowledgement(epoch, 2)));
        await spool.ServeAsync(first, TestContext.Current.CancellationToken);
        Assert.Equal(epoch, spool.Epoch);

        await spool.ServeAsync(new HostId(Guid.CreateVersion7()), TestContext.Current.CancellationToken);

        FleetEvent left = Assert.Single(spool.Read(10, int.MaxValue));
        Assert.NotEqual(epoch, left.Epoch);
        Assert.Equal(1, left.Sequence);
    }

    [Fact]
    public async Task Open_LossNotYetAnnounced_IsAnnouncedAfterRestart()
    {
        await using (Spool spool = Open(maxEvents: 100))
        {
            for (int i = 0; i < 129; i++)
            {
                spool.Publish(Event(EventKinds.ClaimGranted));
            }
        }

        await using Spool reopened = Open();
        await WaitFor.TrueAsync(() => reopened.Read(1000, int.MaxValue).Any(e => e is { Kind: EventKinds.AgentLoss, Count: 30 }));
    }

    [Fact]
    public async Task Open_FileIsNoDatabase_IsPutAsideAndTheLossIsTold()
    {
        await File.WriteAllTextAsync(_directory.File("spool.db"), new string('x', 8192), TestContext.Current.CancellationToken);

        await using Spool spool = Open();

        await WaitFor.TrueAsync(() => spool.Read(10, int.MaxValue).Any(e => e is { Kind: EventKinds.AgentLoss, CountUnknown: true } && e.First <= e.Time));
        Assert.Single(Directory.GetFiles(_directory.Path, "spool.db.damaged-*"));
    }

    [Fact]
    public async Task Acknowledge_BeyondWhatWasGiven_IsRefused()
    {
        await using Spool spool = Open();

        Assert.False(spool.Acknowledge(new BatchAcknowledgement(spool.Epoch, 1)));
        Assert.False(spool.Acknowledge(new BatchAcknowledgement(spool.Epoch ^ 2, 0)));
        Assert.True(spool.Acknowledge(new BatchAcknowledgement(spool.Epoch, 0)));
    }

    [Fact]
    public async Task StartNewEpoch_WithWaitingEvents_NumbersThemFromOne()
    {
        await using Spool spool = Open();
        for (int i = 0; i < 3; i++)
        {
            spool.Publish(Event(EventKinds.ClaimGranted));
        }

        await spool.FlushAsync(TestContext.Current.CancellationToken);
        long before = spool.Epoch;
        spool.Read(2, int.MaxValue);
        Assert.True(spool.Acknowledge(new BatchAcknowledgement(before, 2)));

        await spool.StartNewEpochAsync(TestContext.Current.CancellationToken);

        FleetEvent left = Assert.Single(spool.Read(10, int.MaxValue), e => e.Kind is EventKinds.ClaimGranted);
        Assert.NotEqual(before, spool.Epoch);
        Assert.Equal((spool.Epoch, 1L), (left.Epoch, left.Sequence));
    }

    [Fact]
    public async Task Read_BytesLimited_ReturnsAtLeastOne()
    {
        await using Spool spool = Open();
        spool.Publish(Event(EventKinds.ClaimGranted));
        spool.Publish(Event(EventKinds.ClaimGranted));
        await spool.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Single(spool.Read(10, 1));
    }

    internal static FleetEvent Event(string kind) => new() { Time = DateTimeOffset.UnixEpoch, Kind = kind };

    internal static FleetEvent Contention(int offset, int second) => Event(EventKinds.ContentionAccess) with
    {
        Time = DateTimeOffset.UnixEpoch.AddSeconds(second),
        Caller = new Caller { Pid = 100 + second, Comm = "setpci", Exe = "/usr/bin/setpci" },
        Offset = offset,
        Length = 4,
        Decision = Decision.Refuse,
    };

    /// <summary>Reads and acknowledges as a server would until so many events have come.</summary>
    private static async Task<IReadOnlyList<FleetEvent>> DrainAsync(Spool spool, int count)
    {
        List<FleetEvent> all = [];
        await WaitFor.TrueAsync(() =>
        {
            IReadOnlyList<FleetEvent> batch = spool.Read(20, int.MaxValue);
            all.AddRange(batch);
            return (batch.Count is 0 || spool.Acknowledge(new BatchAcknowledgement(spool.Epoch, batch[^1].Sequence))) && spool.Count is 0 && all.Count >= count;
        });
        return all;
    }

    private void Copy(string name)
    {
        // Of the files while the spool is open: what a kill -9 leaves, and what a backup takes.
        foreach (string file in Directory.GetFiles(_directory.Path, "spool.db*"))
        {
            File.Copy(file, file.Replace("spool.db", name, StringComparison.Ordinal));
        }
    }

    private void Meddle(string sql)
    {
        using SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = _directory.File("spool.db"), Pooling = false }.ToString());
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Constant statements only.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private Spool Open(string name = "spool.db", int maxEvents = 10_000) =>
        new(new SpoolOptions { Path = _directory.File(name), MaxEvents = maxEvents }, "host-a", TimeProvider.System, NullLogger.Instance);
}
