using Fleet.Agent.Uplink;
using Fleet.Contracts;
using Fleet.Testing;
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
        // A copy of the files while the spool is open is what a kill -9 leaves.
        long epoch;
        await using (Spool spool = Open())
        {
            epoch = spool.Epoch;
            spool.Publish(Event(EventKinds.ClaimGranted));
            spool.Publish(Event(EventKinds.ClaimReleased));
            await spool.FlushAsync(TestContext.Current.CancellationToken);
            Assert.True(spool.Acknowledge(new BatchAcknowledgement(epoch, 1)));
            foreach (string file in Directory.GetFiles(_directory.Path, "spool.db*"))
            {
                File.Copy(file, file.Replace("spool.db", "crashed.db", StringComparison.Ordinal));
            }
        }

        await using Spool reopened = Open("crashed.db");
        reopened.Publish(Event(EventKinds.ClaimExpired));
        await reopened.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal(epoch, reopened.Epoch);
        Assert.Equal([(2L, EventKinds.ClaimReleased), (3L, EventKinds.ClaimExpired)], reopened.Read(10, int.MaxValue).Select(e => (e.Sequence, e.Kind)));
    }

    [Fact]
    public async Task Open_AllAcknowledged_NumbersGoOn()
    {
        await using (Spool spool = Open())
        {
            spool.Publish(Event(EventKinds.ClaimGranted));
            await spool.FlushAsync(TestContext.Current.CancellationToken);
            spool.Acknowledge(new BatchAcknowledgement(spool.Epoch, 1));
        }

        await using Spool reopened = Open();
        reopened.Publish(Event(EventKinds.ClaimGranted));
        await reopened.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, Assert.Single(reopened.Read(10, int.MaxValue)).Sequence);
    }

    [Fact]
    public async Task Publish_SpoolFull_DropsContentionAndAnnouncesCountAndReason()
    {
        await using Spool spool = Open(maxEvents: 100);
        for (int i = 0; i < 150; i++)
        {
            spool.Publish(Event(EventKinds.ContentionAccess));
        }

        spool.Publish(Event(EventKinds.ClaimGranted));
        await spool.FlushAsync(TestContext.Current.CancellationToken);
        IReadOnlyList<FleetEvent> full = spool.Read(1000, int.MaxValue);
        Assert.Equal(90, full.Count(e => e.Kind is EventKinds.ContentionAccess));
        Assert.Contains(full, e => e.Kind is EventKinds.ClaimGranted);
        Assert.Equal(60, spool.Lost[LossReasons.SpoolFull]);

        spool.Acknowledge(new BatchAcknowledgement(spool.Epoch, 50));
        spool.Publish(Event(EventKinds.ContentionAccess));
        await spool.FlushAsync(TestContext.Current.CancellationToken);

        FleetEvent loss = Assert.Single(spool.Read(1000, int.MaxValue), e => e.Kind is EventKinds.AgentLoss);
        Assert.Equal(60, loss.Count);
        Assert.Contains(LossReasons.SpoolFull, loss.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_LossNotYetAnnounced_IsAnnouncedAfterRestart()
    {
        await using (Spool spool = Open(maxEvents: 100))
        {
            for (int i = 0; i < 120; i++)
            {
                spool.Publish(Event(EventKinds.ContentionAccess));
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

        await WaitFor.TrueAsync(() => spool.Read(10, int.MaxValue).Any(e => e.Kind is EventKinds.AgentLoss));
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
        spool.Acknowledge(new BatchAcknowledgement(before, 2));

        await spool.StartNewEpochAsync(TestContext.Current.CancellationToken);

        FleetEvent left = Assert.Single(spool.Read(10, int.MaxValue));
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

    private Spool Open(string name = "spool.db", int maxEvents = 10_000) =>
        new(new SpoolOptions { Path = _directory.File(name), MaxEvents = maxEvents }, "host-a", TimeProvider.System, NullLogger.Instance);
}
