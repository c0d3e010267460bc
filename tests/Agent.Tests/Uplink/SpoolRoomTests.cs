using Fleet.Agent.Uplink;
using Fleet.Contracts;
using Fleet.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Uplink;

/// <summary>What the spool does when room is short: contention is merged before anything is dropped, and what is dropped is counted.</summary>
public sealed class SpoolRoomTests : SpoolOnDisk
{
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
        // One event or more: it depends on how many commits the events came in.
        FleetEvent[] losses = [.. all.Where(e => e.Kind is EventKinds.AgentLoss)];
        Assert.Equal(lost, losses.Sum(loss => loss.Count));
        Assert.All(losses, loss => Assert.True(loss.CountUnknown is null && loss.Detail!.Contains(LossReasons.SpoolFull, StringComparison.Ordinal), loss.Detail));
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
            new SpoolOptions { Path = Place.File("spool.db"), MaxBytes = 100_000 }, "host-a", TimeProvider.System, NullLogger.Instance);
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
                Path = Place.File("spool.db"),
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
            new SpoolOptions { Path = Place.File("spool.db"), QueueLength = 8, PublishPatience = TimeSpan.Zero }, "host-a", TimeProvider.System, NullLogger.Instance);
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
}
