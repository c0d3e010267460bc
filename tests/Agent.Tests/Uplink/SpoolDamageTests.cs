using Fleet.Agent.Uplink;
using Fleet.Contracts;

namespace Fleet.Agent.Tests.Uplink;

/// <summary>Rows that cannot be read any more: bits rot, and an older version may find what a later one wrote.</summary>
public sealed class SpoolDamageTests : SpoolOnDisk
{
    private const string Broken = "x'7b22'";

    [Fact]
    public async Task Read_EventThatCannotBeRead_IsToldAsLostInItsPlaceAndTheRestFollows()
    {
        await using (Spool spool = Open())
        {
            spool.Publish(Event(EventKinds.ClaimGranted));
            spool.Publish(Event(EventKinds.ClaimRefused));
            spool.Publish(Event(EventKinds.ClaimReleased));
            await spool.FlushAsync(TestContext.Current.CancellationToken);
        }

        Meddle($"UPDATE events SET body = {Broken} WHERE sequence = 2");
        await using Spool reopened = Open();
        Assert.Equal([1L, 2, 3], reopened.Read(10, int.MaxValue).Select(e => e.Sequence));
        IReadOnlyList<FleetEvent> all = await DrainAsync(reopened, 3);

        Assert.Equal([EventKinds.ClaimGranted, EventKinds.AgentLoss, EventKinds.ClaimReleased], all.Select(e => e.Kind));
        Assert.True(all[1].CountUnknown);
        Assert.Contains(LossReasons.SpoolDamaged, all[1].Detail);
        Assert.Equal(1, reopened.Lost[LossReasons.SpoolDamaged]); // Read twice, counted once.
    }

    [Fact]
    public async Task Open_MergedContentionThatCannotBeRead_IsToldOnceAndNothingElseTwice()
    {
        await using (Spool spool = Open(maxEvents: 100))
        {
            for (int i = 0; i < 200; i++)
            {
                spool.Publish(Contention(i % 2 * 4, i));
            }

            await spool.FlushAsync(TestContext.Current.CancellationToken);
        }

        Meddle($"UPDATE merged SET body = {Broken} WHERE id = (SELECT max(id) FROM merged)");
        Meddle("INSERT INTO losses VALUES('spool-full', 30, 0)");
        await using (Spool reopened = Open(maxEvents: 100))
        {
            await reopened.Opened.WaitAsync(TestContext.Current.CancellationToken);
            IReadOnlyList<FleetEvent> all = await DrainAsync(reopened, 53, 100);

            Assert.Equal(30, Assert.Single(all, e => e.Kind == EventKinds.AgentLoss && e.CountUnknown is null).Count);
            Assert.Contains(LossReasons.SpoolDamaged, Assert.Single(all, e => e.CountUnknown is true).Detail);
            Assert.InRange(all.Where(MergeKey.IsContention).Sum(e => e.Count), 51, 199);
        }

        await using Spool last = Open(maxEvents: 100);
        Assert.Empty(last.Read(10, int.MaxValue));
        Assert.Equal(0, last.Count);
        Assert.Equal(0, last.Lost[LossReasons.SpoolDamaged]);
    }
}
