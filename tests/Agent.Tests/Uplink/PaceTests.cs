using Fleet.Agent.Uplink;
using Fleet.Contracts;

namespace Fleet.Agent.Tests.Uplink;

public sealed class PaceTests
{
    [Fact]
    public void Backoff_Next_IsAnywhereUpToABoundThatDoublesAndEnds()
    {
        Queue<double> random = new([1.0, 1.0, 1.0, 0.5, 0.0, 1.0]);
        Backoff backoff = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4), () => random.Dequeue());

        Assert.Equal([1.0, 2.0, 4.0, 2.0, 0.1], Enumerable.Range(0, 5).Select(_ => backoff.Next().TotalSeconds));
        backoff.Reset();
        Assert.Equal(1, backoff.Next().TotalSeconds);
    }

    [Fact]
    public void Addresses_OfManyAgents_SpreadOverTheServersThatAreLeft()
    {
        Uri[] servers = [new("https://a:1"), new("https://b:1"), new("https://c:1")];
        List<Uri> next = [];
        for (int agent = 0; agent < 300; agent++)
        {
            ServerAddresses addresses = new(ServerAddresses.Shuffled(servers, new Random(agent)));
            while (addresses.Current != servers[0])
            {
                addresses.GoOn();
            }

            addresses.Answered();
            Assert.True(addresses.GoOn());
            next.Add(addresses.Current);
        }

        Assert.InRange(next.Count(server => server == servers[1]), 100, 200);
        Assert.DoesNotContain(servers[0], next);
    }

    [Fact]
    public void Addresses_AllFailed_SaysSoOnceARound()
    {
        ServerAddresses addresses = new([new("https://a:1"), new("https://b:1")]);

        Assert.Equal([true, false, true, false], Enumerable.Range(0, 4).Select(_ => addresses.GoOn()));
        addresses.Answered();
        Assert.True(addresses.GoOn());
    }

    [Fact]
    public void Pace_BusyOrSlow_HalvesToALeastAndGrowsBack()
    {
        BatchPace pace = new();
        int bytes = pace.Bytes;
        pace.Stored(TimeSpan.FromSeconds(20));
        Assert.Equal((LinkProtocol.MaxBatch / 2, bytes / 2), (pace.Events, pace.Bytes));
        for (int i = 0; i < 20; i++)
        {
            pace.Shrink();
        }

        Assert.Equal((10, 16 * 1024), (pace.Events, pace.Bytes));
        for (int i = 0; i < 20; i++)
        {
            pace.Stored(TimeSpan.FromMilliseconds(5));
        }

        Assert.Equal((LinkProtocol.MaxBatch, bytes), (pace.Events, pace.Bytes));
    }
}
