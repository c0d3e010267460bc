using Fleet.Agent.Uplink;
using Fleet.Contracts;
using Fleet.Testing;

namespace Fleet.Agent.Tests.Uplink;

public sealed class SpoolTests : SpoolOnDisk
{
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
        await File.WriteAllTextAsync(Place.File("spool.db"), new string('x', 8192), TestContext.Current.CancellationToken);

        await using Spool spool = Open();

        await WaitFor.TrueAsync(() => spool.Read(10, int.MaxValue).Any(e => e is { Kind: EventKinds.AgentLoss, CountUnknown: true } && e.First <= e.Time));
        Assert.Single(Directory.GetFiles(Place.Path, "spool.db.damaged-*"));
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
}
