using System.Diagnostics;
using Fleet.Agent.Uplink;
using Fleet.Contracts;
using Fleet.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Agent.Tests.Uplink;

/// <summary>A spool that finds its disk full or read-only at the start: events wait in memory, within bounds, and what that costs is told.</summary>
public sealed class SpoolFullDiskTests
{
    private static string File => Path.Combine(SmallDisk.Place, "spool.db");

    [Theory]
    [InlineData(nameof(Inside_DiskFullAtTheStart_HoldsEventsAndTellsOfThoseThatFoundNoPlace))]
    [InlineData(nameof(Inside_DiskFullAtTheStart_ReportsTroubleWhileItLastsAndNoLonger))]
    [InlineData(nameof(Inside_EndsBeforeThereIsRoom_TheNextOneTellsOfTheInterval))]
    [InlineData(nameof(Inside_EventsOfAnEarlierLifeOnAFullDisk_KeepTheirNumbersAndComeFirst))]
    [InlineData(nameof(Inside_DiskReadOnlyAtTheStart_GoesOnWhenItIsWritable))]
    [InlineData(nameof(Inside_StopsWhileTheDiskIsFull_SaysSoOnceAndWaitsForNoRetry))]
    [InlineData(nameof(Inside_RoomIsMadeWhileItStops_NothingIsLost))]
    [InlineData(nameof(Inside_DiskFullBeforeTheFirstServer_KeepsNobodyFromServingIt))]
    public async Task OnASmallDisk(string method)
    {
        Assert.SkipUnless(SmallDisk.Possible, "needs root to mount a small disk in a namespace of its own, and unshare (util-linux)");
        string? said = await SmallDisk.RunAsync("Fleet.Agent.Tests", $"{nameof(SpoolFullDiskTests)}.{method}", 2048, TestContext.Current.CancellationToken);
        Assert.SkipWhen(said is null, "mounts are not permitted here");
        Assert.True(said is "", said);
    }

    [Fact(Explicit = true)]
    public async Task Inside_DiskFullAtTheStart_HoldsEventsAndTellsOfThoseThatFoundNoPlace()
    {
        string ballast = SmallDisk.Fill(SmallDisk.Place);
        await using Spool spool = Open(queue: 16);
        for (int i = 0; i < 100; i++)
        {
            spool.Publish(SpoolOnDisk.Event(EventKinds.ClaimGranted) with { Detail = $"{i}" });
            spool.Publish(SpoolOnDisk.Contention(0, i));
        }

        Assert.NotNull(spool.Trouble);
        Assert.Empty(spool.Read(10, int.MaxValue));
        long lost = spool.Lost[LossReasons.DiskFailed];
        Assert.InRange(lost, 80, 100);

        System.IO.File.Delete(ballast);
        await spool.FlushAsync(TestContext.Current.CancellationToken);
        IReadOnlyList<FleetEvent> all = await SpoolOnDisk.DrainAsync(spool, 2);

        Assert.Null(spool.Trouble);
        Assert.Equal(lost, all.Where(e => e.Kind is EventKinds.AgentLoss).Sum(e => e.Count));
        Assert.All(all.Where(e => e.Kind is EventKinds.AgentLoss), e => Assert.Contains(LossReasons.DiskFailed, e.Detail, StringComparison.Ordinal));
        // What is merged is the contention; what is lost is not: its quarter of the queue was full.
        Assert.Equal(100, all.Where(MergeKey.IsContention).Sum(e => e.Count));
        int[] kept = [.. all.Where(e => e.Kind is EventKinds.ClaimGranted).Select(e => int.Parse(e.Detail!, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(kept.Order(), kept);
        Assert.Equal(100, kept.Length + lost);
        Assert.Equal(Enumerable.Range(1, all.Count).Select(n => (long)n), all.Select(e => e.Sequence));
    }

    // dcgm-exporter#500: an error that was shown for ever after it was over. DCGM#303: zeros after a fault, which look like idle.
    [Fact(Explicit = true)]
    public async Task Inside_DiskFullAtTheStart_ReportsTroubleWhileItLastsAndNoLonger()
    {
        string ballast = SmallDisk.Fill(SmallDisk.Place);
        List<string?> told = [];
        Spool? spool = null;
        await using Spool opened = spool = Open(changed: () => told.Add(spool?.Trouble ?? "at the start"));
        long provisional = spool.Epoch;
        spool.Publish(SpoolOnDisk.Event(EventKinds.ClaimGranted));

        Assert.False(spool.Opened.IsCompleted);
        Assert.True(provisional > 0, "a server refuses an epoch that is not above 0");
        Assert.True(spool.Acknowledge(new BatchAcknowledgement(provisional, 0)), "a server that knows nothing says 0");
        await WaitFor.TrueAsync(() => spool.Count > 0);

        System.IO.File.Delete(ballast);
        await spool.Opened.WaitAsync(TestContext.Current.CancellationToken);
        await spool.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Null(spool.Trouble);
        Assert.Equal(2, told.Count);
        Assert.NotEqual(provisional, spool.Epoch);
        Assert.Equal((spool.Epoch, EventKinds.ClaimGranted), (spool.Read(1, int.MaxValue)[0].Epoch, spool.Read(1, int.MaxValue)[0].Kind));
        Assert.All(spool.Lost.Values, lost => Assert.Equal(0, lost));
    }

    [Fact(Explicit = true)]
    public async Task Inside_DiskFullBeforeTheFirstServer_KeepsNobodyFromServingIt()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        HostId host = new(Guid.CreateVersion7());
        await using Spool spool = Open();
        await spool.FlushAsync(ct);
        string ballast = SmallDisk.Fill(SmallDisk.Place);
        long epoch = spool.Epoch;

        await spool.ServeAsync(host, ct);
        Assert.NotNull(spool.Trouble);

        System.IO.File.Delete(ballast);
        await WaitFor.TrueAsync(() => spool.Trouble is null);
        await spool.ServeAsync(host, ct);
        Assert.Equal(epoch, spool.Epoch);
        await spool.ServeAsync(new HostId(Guid.CreateVersion7()), ct);
        Assert.NotEqual(epoch, spool.Epoch); // The owner was written down: another one gets numbers of its own.
    }

    [Fact(Explicit = true)]
    public async Task Inside_EndsBeforeThereIsRoom_TheNextOneTellsOfTheInterval()
    {
        await Open().DisposeAsync();
        string ballast = SmallDisk.Fill(SmallDisk.Place);
        DateTimeOffset published;
        await using (Spool without = Open())
        {
            Assert.NotNull(without.Trouble);
            published = TimeProvider.System.GetUtcNow();
            without.Publish(SpoolOnDisk.Event(EventKinds.ClaimGranted));
        }

        System.IO.File.Delete(ballast);
        await using (Spool next = Open())
        {
            await next.FlushAsync(TestContext.Current.CancellationToken);
            FleetEvent told = Assert.Single(next.Read(10, int.MaxValue));
            Assert.Equal((EventKinds.AgentLoss, true), (told.Kind, told.CountUnknown));
            Assert.Contains(LossReasons.DiskFailed, told.Detail, StringComparison.Ordinal);
            Assert.True(told.First <= published && published <= told.Time, $"{told.First} to {told.Time}");
        }

        await using Spool last = Open();
        await last.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Single(last.Read(10, int.MaxValue)); // Told once.
    }

    [Fact(Explicit = true)]
    public async Task Inside_EventsOfAnEarlierLifeOnAFullDisk_KeepTheirNumbersAndComeFirst()
    {
        long epoch;
        await using (Spool before = Open())
        {
            epoch = before.Epoch;
            before.Publish(SpoolOnDisk.Event(EventKinds.PolicyApplied));
            before.Publish(SpoolOnDisk.Event(EventKinds.PolicyApplied));
        }

        string ballast = SmallDisk.Fill(SmallDisk.Place);
        await using Spool spool = Open();
        spool.Publish(SpoolOnDisk.Event(EventKinds.ClaimGranted));
        System.IO.File.Delete(ballast);
        await spool.FlushAsync(TestContext.Current.CancellationToken);

        IReadOnlyList<FleetEvent> all = spool.Read(10, int.MaxValue);
        Assert.Equal([EventKinds.PolicyApplied, EventKinds.PolicyApplied, EventKinds.ClaimGranted], all.Select(e => e.Kind));
        Assert.All(all, e => Assert.Equal(epoch, e.Epoch));
    }

    [Fact(Explicit = true)]
    public async Task Inside_StopsWhileTheDiskIsFull_SaysSoOnceAndWaitsForNoRetry()
    {
        const int Events = 3_000; // Of several commits.
        await Open().DisposeAsync();
        string ballast = SmallDisk.Fill(SmallDisk.Place);
        FakeTimeProvider time = new(TimeProvider.System.GetUtcNow()); // Nothing that waits for a second ends.
        LogDouble log = new();
        Spool spool = Open(time: time, log: log);
        for (int i = 0; i < Events; i++)
        {
            spool.Publish(SpoolOnDisk.Event(EventKinds.ClaimGranted) with { Detail = $"{i}" });
        }

        await spool.DisposeAsync();

        Assert.Collection(
            log.Said,
            first => Assert.StartsWith("Cannot write the spool", first, StringComparison.Ordinal),
            last => Assert.StartsWith($"Stopping with {Events} events unwritten", last, StringComparison.Ordinal));
        System.IO.File.Delete(ballast);
        await using Spool next = Open();
        await next.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal((EventKinds.AgentLoss, true), (next.Read(10, int.MaxValue)[0].Kind, next.Read(10, int.MaxValue)[0].CountUnknown));
    }

    [Fact(Explicit = true)]
    public async Task Inside_RoomIsMadeWhileItStops_NothingIsLost()
    {
        await Open().DisposeAsync();
        string ballast = SmallDisk.Fill(SmallDisk.Place);
        Spool spool = Open(stop: TimeSpan.FromMinutes(5));
        spool.Publish(SpoolOnDisk.Event(EventKinds.ClaimGranted));
        Task stopped = spool.DisposeAsync().AsTask();
        Assert.NotNull(spool.Trouble);

        System.IO.File.Delete(ballast);
        await stopped;

        await using Spool next = Open();
        await next.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(EventKinds.ClaimGranted, Assert.Single(next.Read(10, int.MaxValue)).Kind);
    }

    [Fact(Explicit = true)]
    public async Task Inside_DiskReadOnlyAtTheStart_GoesOnWhenItIsWritable()
    {
        await Open().DisposeAsync();
        Mount("remount,ro");
        await using Spool spool = Open();
        spool.Publish(SpoolOnDisk.Event(EventKinds.ClaimGranted));
        Assert.NotNull(spool.Trouble);

        Mount("remount,rw");
        await spool.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Null(spool.Trouble);
        Assert.Equal(EventKinds.ClaimGranted, Assert.Single(spool.Read(10, int.MaxValue)).Kind);
    }

    private static Spool Open(int queue = 8192, Action? changed = null, TimeProvider? time = null, ILogger? log = null, TimeSpan? stop = null) => new(
        new SpoolOptions
        {
            Path = File,
            QueueLength = queue,
            PublishPatience = TimeSpan.Zero,
            StopPatience = stop ?? TimeSpan.FromMilliseconds(100),
            HeldBack = TimeSpan.Zero,
            TroubleChanged = changed,
        },
        "host-a",
        time ?? TimeProvider.System,
        log ?? NullLogger.Instance);

    private static void Mount(string option)
    {
        using Process mount = Process.Start("mount", ["-o", option, SmallDisk.Place]);
        mount.WaitForExit();
        Assert.Equal(0, mount.ExitCode);
    }
}
