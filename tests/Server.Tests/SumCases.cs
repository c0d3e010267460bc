using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Server.Data.Events;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Server.Tests;

/// <summary>What the database adds up is what would come of adding up here. Each database's tests derive from this.</summary>
public abstract class SumCases
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected abstract IEventStore Store { get; }

    /// <summary>The clock of the batches; when the first one arrives is <see cref="Morning"/>.</summary>
    private protected abstract FakeTimeProvider Time { get; }

    private protected abstract DateTimeOffset Morning { get; }

    /// <summary>Random events of one of five hosts.</summary>
    private protected abstract IncomingBatch Batch(int host, int count, Random random);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(127, 0)]
    [InlineData(127, 7)]
    [InlineData(1, 0)]
    [InlineData(5, 15)]
    [InlineData(8, 1)]
    [InlineData(26, 60)]
    public async Task ContentionAsync_OfFieldsAndSteps_IsTheSumOfWhatIsKept(int asked, int step)
    {
        SumFields fields = (SumFields)asked;
        Random random = new(7);
        for (int day = 0; day < 2; day++)
        {
            await Store.StoreAsync([.. Enumerable.Range(0, 4).Select(host => Batch(host, 200, random))], Ct);
            Time.Advance(TimeSpan.FromDays(1));
        }

        DateTimeOffset from = Morning.AddMinutes(-100);
        DateTimeOffset to = Morning.AddDays(2);
        IReadOnlyList<ContentionRow> kept = await Store.ContentionAsync(SumQuery.Each(from, to), Ct);

        IReadOnlyList<ContentionRow> sums = await Store.ContentionAsync(new SumQuery(from, to, fields, step), Ct);

        // A host has a number of its own in each day, and its sums are told day by day.
        Assert.NotEmpty(kept);
        Assert.Equal(Added(kept, fields, from, step), Added(sums, fields, from, step));
        Assert.All(sums, row => Assert.Equal(fields.HasFlag(SumFields.Host), row.HostName.Length > 0));
        Assert.True(sums.Count <= kept.Count);
    }

    [Fact]
    public async Task ContentionAsync_OfNothing_AnswersNothing() => Assert.Empty(
        await Store.ContentionAsync(new SumQuery(Morning, Morning.AddDays(1), SumFields.None, 0), Ct));

    [Fact]
    public async Task ContentionAsync_CountsThatNoSumHolds_StopAtTheBound()
    {
        await StoreOfAsync(1, 3, (item, minute) => item with { Kind = EventKinds.ContentionAccess, Count = long.MaxValue, Time = Morning.AddMinutes(-minute) });
        await StoreOfAsync(1, 3, (item, minute) => item with { Kind = EventKinds.ContentionAccess, Count = long.MaxValue, Time = Morning.AddMinutes(-minute) });

        Assert.Equal(SumBounds.Largest, Assert.Single(await Store.ContentionAsync(new SumQuery(Morning.AddHours(-1), Morning, SumFields.None, 0), Ct)).Count);
        Assert.Equal(SumBounds.Largest, Assert.Single(await Store.ContentionAsync(new SumQuery(Morning.AddHours(-1), Morning, SumFields.Host, 0), Ct)).Count);
    }

    [Fact]
    public async Task LossesAsync_LossesThatNoSumHolds_StopAtTheBound()
    {
        await StoreOfAsync(1, 3, (item, minute) => item with { Kind = EventKinds.AgentLoss, Count = long.MaxValue, Time = Morning.AddMinutes(-minute) });
        await StoreOfAsync(1, 3, (item, minute) => item with { Kind = EventKinds.AgentLoss, Count = long.MaxValue, Time = Morning.AddMinutes(-minute) });

        Assert.Equal(SumBounds.Largest, Assert.Single(await Store.LossesAsync(Morning.AddHours(-1), Morning, Ct)).Value);
    }

    [Fact]
    public async Task StoreAsync_EverDifferentContention_IsSummedUpByFunctionThenAsOne()
    {
        const int different = SumBounds.OfAHostAndHour + 1_000;
        await StoreOfAsync(1, different, (item, i) => item with { Caller = new Caller { Pid = 1, Comm = $"tool-{i}", Exe = "/bin/tool" }, Function = new PciAddress(0, 1, 0, 0) });
        await StoreOfAsync(1, different, (item, i) => item with { Function = new PciAddress((uint)i, 2, 0, 0) });
        await StoreOfAsync(2, 1, (item, _) => item with { Function = new PciAddress(0, 3, 0, 0) });

        IReadOnlyList<ContentionRow> sums = await Store.ContentionAsync(new SumQuery(Morning.AddHours(-1), Morning, SumFields.Host | SumFields.Comm | SumFields.Function, 0), Ct);

        Assert.InRange(sums.Count(row => row.HostName is "host-1"), SumBounds.OfAHostAndHour / 2, SumBounds.OfAHostAndHour + 100); // A few share a hash.
        Assert.Equal(2 * different, sums.Where(row => row.HostName is "host-1").Sum(row => row.Count));
        Assert.Equal(different, sums.Where(row => row.Function is "0000:01:00.0").Sum(row => row.Count));
        Assert.Single(sums, row => row is { Comm: SumVariety.Others, Function: "" });
        Assert.Equal("0000:03:00.0", Assert.Single(sums, row => row.HostName is "host-2").Function);

        // The hour after it is told apart again.
        Time.Advance(TimeSpan.FromHours(1));
        await StoreOfAsync(1, 1, (item, _) => item with { Function = new PciAddress(0, 4, 0, 0), Time = Time.GetUtcNow() });
        Assert.Contains(await Store.ContentionAsync(new SumQuery(Morning, Time.GetUtcNow(), SumFields.Function, 0), Ct), row => row.Function is "0000:04:00.0");
    }

    private Task<StoredGroup> StoreOfAsync(int host, int count, Func<FleetEvent, int, FleetEvent> change)
    {
        IncomingBatch batch = Batch(host, count, new Random(host));
        IEnumerable<FleetEvent> alike = batch.Events.Select(item => item with { Kind = EventKinds.ContentionAccess, Function = null, Offset = null, Time = Morning.AddMinutes(-1) });
        return Store.StoreAsync([batch with { Events = [.. alike.Select(change)] }], Ct);
    }

    private static SortedDictionary<string, long> Added(IEnumerable<ContentionRow> rows, SumFields fields, DateTimeOffset from, int step)
    {
        SortedDictionary<string, long> added = new(StringComparer.Ordinal);
        foreach (ContentionRow row in rows)
        {
            string key = string.Join('|', [
                step is 0 ? "" : $"{(int)(row.Minute - from).TotalMinutes / step}",
                fields.HasFlag(SumFields.Host) ? $"{row.Host} {row.HostName}" : "",
                fields.HasFlag(SumFields.Kind) ? row.Kind : "",
                fields.HasFlag(SumFields.Function) ? row.Function : "",
                fields.HasFlag(SumFields.Comm) ? row.Comm : "",
                fields.HasFlag(SumFields.Decision) ? row.Decision : "",
                fields.HasFlag(SumFields.Feature) ? row.Feature : "",
                fields.HasFlag(SumFields.Region) ? row.Region : ""]);
            added[key] = added.GetValueOrDefault(key) + row.Count;
        }

        return added;
    }
}
