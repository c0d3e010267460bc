using Fleet.Contracts;
using Fleet.Simulator.Load;

namespace Fleet.Simulator.Tests.Load;

public sealed class StoredEventsTests
{
    private static readonly HostId Host = new(Guid.Parse("01a21600-0000-7000-8000-000000000001"));

    [Fact]
    public void Add_EverythingOnceNewestFirst_NothingIsWrong()
    {
        StoredEvents stored = Made(3);
        stored.Add([Event(3), Event(2)]);
        stored.Add([Event(1), Event(9) with { Epoch = 8 }]);

        Assert.Equal((3L, 0L, 0L, 0L, 0L), (stored.Found, stored.Missing, stored.Twice, stored.NeverMade, stored.OutOfOrder));
    }

    [Fact]
    public void Add_WhatIsMissingDoubledInventedOrSwapped_IsCounted()
    {
        StoredEvents stored = Made(4);
        stored.Add([Event(5), Event(2), Event(3), Event(3)]);

        Assert.Equal((2L, 2L, 1L, 1L, 1L), (stored.Found, stored.Missing, stored.Twice, stored.NeverMade, stored.OutOfOrder));
    }

    private static StoredEvents Made(long last) => new([(Host, 7, last)]);

    private static FleetEvent Event(long sequence) => new() { Host = Host, Epoch = 7, Sequence = sequence, Time = DateTimeOffset.UnixEpoch, Kind = EventKinds.ClaimGranted };
}
