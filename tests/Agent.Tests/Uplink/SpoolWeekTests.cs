using Fleet.Agent.Uplink;
using Fleet.Contracts;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Agent.Tests.Uplink;

/// <summary>A week without a server, on a real file in fake time.</summary>
public sealed class SpoolWeekTests : SpoolOnDisk
{
    private const int Tools = 8;
    private const int Minutes = 7 * 24 * 60;
    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Week_WithoutAServer_StaysBoundedKeepsStateMergesContentionAndTellsAllInOrder()
    {
        FakeTimeProvider time = new(Monday);
        SpoolOptions options = new() { Path = Place.File("spool.db"), MaxEvents = 20_000 };
        await using Spool spool = new(options, "host-a", time, NullLogger.Instance);
        long contention = 0;
        int states = 0;
        for (int minute = 0; minute < Minutes; minute++)
        {
            // What the broker tells of tools that fight over a mailbox after its own merging, in busy hours and quiet ones; now and then a policy or a claim.
            int busy = minute / 60 % 24 is >= 8 and < 18 ? 6 : 2;
            for (int i = 0; i < busy; i++)
            {
                long count = 1 + (i * 7);
                spool.Publish(Contention(i % Tools, 0) with { Time = time.GetUtcNow(), Count = count });
                contention += count;
            }

            if (minute % 30 is 0)
            {
                spool.Publish(Event(EventKinds.PolicyApplied) with { Time = time.GetUtcNow(), Detail = $"{states++}" });
            }

            if (minute % 60 is 0)
            {
                await spool.FlushAsync(TestContext.Current.CancellationToken);
                Assert.True(spool.Count < options.MaxEvents, $"{spool.Count} events on {time.GetUtcNow():ddd HH:mm}");
            }

            time.Advance(TimeSpan.FromMinutes(1));
        }

        await spool.FlushAsync(TestContext.Current.CancellationToken);
        Assert.All(spool.Lost.Values, lost => Assert.Equal(0, lost));
        Assert.True(spool.Merged > 5_000, $"{spool.Merged} were merged: the week did not fill the spool");
        Assert.True(new FileInfo(Place.File("spool.db")).Length < 32 * 1024 * 1024);

        int waiting = (int)spool.Count;
        IReadOnlyList<FleetEvent> all = await DrainAsync(spool, waiting, 500);

        Assert.Equal(waiting, all.Count);
        Assert.Equal(contention, all.Where(MergeKey.IsContention).Sum(e => e.Count));
        Assert.Equal(Enumerable.Range(0, states).Select(n => $"{n}"), all.Where(e => e.Kind is EventKinds.PolicyApplied).Select(e => e.Detail));
        Assert.Equal(Enumerable.Range(1, all.Count).Select(n => (long)n), all.Select(e => e.Sequence));

        // Merged by the hour: each still says when, and none stands for more than an hour.
        Assert.All(all.Where(e => e.First is not null), e => Assert.True(e.Time - e.First < TimeSpan.FromHours(1), $"{e.First} to {e.Time}"));
    }
}
