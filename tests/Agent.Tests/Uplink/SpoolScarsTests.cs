using System.Collections.Concurrent;
using System.Globalization;
using Fleet.Agent.Uplink;
using Fleet.Contracts;
using Fleet.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Uplink;

/// <summary>Named after what agents of others did with their events, their memory and their figures.</summary>
public sealed class SpoolScarsTests : SpoolOnDisk
{
    // osquery#7112: flushed late, and events were lost over time.
    [Fact]
    public async Task Osquery7112_ServerIsAlwaysALittleBehind_NothingIsLostOverTime()
    {
        await using Spool spool = Open();
        List<FleetEvent> taken = [];
        for (int round = 0; round < 20; round++)
        {
            for (int i = 0; i < 100; i++)
            {
                spool.Publish(Event(EventKinds.ClaimGranted) with { Detail = (round * 100 + i).ToString(CultureInfo.InvariantCulture) });
            }

            await spool.FlushAsync(TestContext.Current.CancellationToken);
            IReadOnlyList<FleetEvent> batch = spool.Read(80, int.MaxValue);
            taken.AddRange(batch);
            Assert.True(spool.Acknowledge(new BatchAcknowledgement(spool.Epoch, batch[^1].Sequence)));
        }

        Assert.Equal(20 * 20, spool.Count);
        taken.AddRange(await DrainAsync(spool, 20 * 20));

        Assert.Equal(Enumerable.Range(0, 2000).Select(n => n.ToString(CultureInfo.InvariantCulture)), taken.Select(e => e.Detail));
    }

    // osquery#5234: 50,000 events overflowed a buffer every ten seconds, and cost a processor.
    [Fact]
    public async Task Osquery5234_FiftyThousandAtOnce_BecomeFewThatKeepTheirNumber()
    {
        await using Spool spool = Open(maxEvents: 2_000);
        for (int i = 0; i < 50_000; i++)
        {
            spool.Publish(Contention(i % 5, i / 1000));
        }

        await spool.FlushAsync(TestContext.Current.CancellationToken);

        Assert.InRange(spool.Count, 5, 1_100);
        Assert.All(spool.Lost.Values, lost => Assert.Equal(0, lost));
        IReadOnlyList<FleetEvent> all = await DrainAsync(spool, 5, 500);
        Assert.Equal(50_000, all.Sum(e => e.Count));
        Assert.Equal(Enumerable.Repeat(10_000L, 5), Enumerable.Range(0, 5).Select(offset => all.Where(e => e.Offset == offset).Sum(e => e.Count)));
    }

    // osquery#7329: what is dropped is told at the default level of the log, and counted.
    [Fact]
    public async Task Osquery7329_Dropped_IsSaidOnceAtTheDefaultLevelCountedAndAnnounced()
    {
        LevelLog log = new();
        await using Spool spool = new(new SpoolOptions { Path = Place.File("spool.db"), MaxEvents = 50 }, "host-a", TimeProvider.System, log);
        for (int i = 0; i < 80; i++)
        {
            spool.Publish(Event(EventKinds.ClaimGranted));
        }

        await spool.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal(31, spool.Lost[LossReasons.SpoolFull]);
        Assert.Single(log.Said, line => line.Level >= LogLevel.Warning && line.Text.Contains(LossReasons.SpoolFull, StringComparison.Ordinal));
        IReadOnlyList<FleetEvent> all = await DrainAsync(spool, 50);
        Assert.Equal(31, all.Where(e => e.Kind is EventKinds.AgentLoss).Sum(e => e.Count));
    }

    // dcgm-exporter#536, #425: an agent of 512 MiB that was killed for its memory.
    [Fact]
    public async Task DcgmExporter536_StormWhileTheDiskRefuses_HoldsABoundedNumberAndAccountsForAll()
    {
        const int most = 1_024;
        using Refusing disk = new(Place);
        await using Spool spool = disk.Open(most);
        for (int i = 0; i < 50_000; i++)
        {
            spool.Publish(Event(EventKinds.ClaimGranted));
            spool.Publish(Contention(i % 20_000, 0));
        }

        // The queue, what the writer took of it and of the place where contention is merged, and that place again.
        Assert.InRange(spool.Count, 1, most + most + 4_096);
        disk.Yield();
        await spool.FlushAsync(TestContext.Current.CancellationToken);
        IReadOnlyList<FleetEvent> all = await DrainAsync(spool, 1, 500);

        Assert.Equal(100_000, all.Sum(e => e.Count));
        Assert.InRange(all.Count, 1, most + most + (2 * 4_096) + 2);
    }

    // dcgm-exporter#500: the last error was shown for ever.
    [Fact]
    public async Task DcgmExporter500_DiskTakesAgain_TheTroubleIsOver()
    {
        using Refusing disk = new(Place);
        await using Spool spool = disk.Open();
        Assert.NotNull(spool.Trouble);

        disk.Yield();
        await spool.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Null(spool.Trouble);
    }

    // DCGM#303: zeros after a fault, which look like nothing to do.
    [Fact]
    public async Task Dcgm303_DiskRefuses_WhatWaitsIsNotShownAsNothing()
    {
        using Refusing disk = new(Place);
        await using Spool spool = disk.Open();
        await WaitFor.TrueAsync(() => spool.Count is 0); // The writer took what it begins with.
        spool.Publish(Event(EventKinds.ClaimGranted));

        Assert.Equal(1, spool.Count);
        Assert.NotNull(spool.Trouble);
        disk.Yield();
    }

    // keylime 781a888d: a 0 that meant "never" was read as a time, and everybody had timed out.
    [Fact]
    public async Task Keylime781a888d_NothingWasEverWritten_NothingIsToldAsLostSince1970()
    {
        await using (Spool spool = Open())
        {
            await spool.FlushAsync(TestContext.Current.CancellationToken);
            Copy("killed.db");
        }

        await using Spool next = Open("killed.db");
        await next.FlushAsync(TestContext.Current.CancellationToken);

        FleetEvent told = Assert.Single(next.Read(10, int.MaxValue));
        Assert.True(told.First > TimeProvider.System.GetUtcNow().AddHours(-1), $"told of {told.First}");
    }

    // spire#886: a process that got another's number was taken for it.
    [Fact]
    public void Spire886_SameNumberOfAnotherProgram_IsNotMerged()
    {
        FleetEvent setpci = Contention(0, 0);
        FleetEvent other = setpci with { Caller = setpci.Caller! with { Exe = "/opt/vendor/flash", Comm = "flash" } };
        FleetEvent later = setpci with { Caller = setpci.Caller! with { Pid = 9_999, StartTime = 77 } };

        Assert.NotEqual(MergeKey.Of(setpci), MergeKey.Of(other));
        Assert.Equal(MergeKey.Of(setpci), MergeKey.Of(later));
    }

    /// <summary>A place for a spool that cannot be written until it yields: a file where the directory is to be.</summary>
    private sealed class Refusing : IDisposable
    {
        private readonly string _place;

        public Refusing(TemporaryDirectory directory)
        {
            _place = directory.File("state");
            File.WriteAllText(_place, "");
        }

        public Spool Open(int queue = 8_192) => new(
            new SpoolOptions { Path = Path.Combine(_place, "spool.db"), QueueLength = queue, PublishPatience = TimeSpan.Zero, StopPatience = TimeSpan.FromMilliseconds(100) },
            "host-a", TimeProvider.System, NullLogger.Instance);

        public void Yield() => File.Delete(_place);

        // A directory by now, where it yielded: that goes with the test's.
        public void Dispose()
        {
            if (File.Exists(_place))
            {
                File.Delete(_place);
            }
        }
    }

    private sealed class LevelLog : ILogger
    {
        public ConcurrentQueue<(LogLevel Level, string Text)> Said { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Said.Enqueue((logLevel, formatter(state, exception)));
    }
}
