using Fleet.Simulator.Load;

namespace Fleet.Simulator.Tests.Load;

public sealed class HostSpoolTests
{
    [Fact]
    public void Add_BeyondTheBound_IsLostAndAnnouncedWhereTheNextEventWouldBe()
    {
        HostSpool spool = new(bound: 2);
        Assert.NotNull(spool.Add(DateTimeOffset.UnixEpoch, 1));
        Assert.NotNull(spool.Add(DateTimeOffset.UnixEpoch, 2));
        Assert.Null(spool.Add(DateTimeOffset.UnixEpoch, 3));
        Assert.Null(spool.Add(DateTimeOffset.UnixEpoch, 4));
        spool.Acknowledge(2);

        MadeEvent announcement = spool.Add(DateTimeOffset.UnixEpoch, 5)!.Value;

        Assert.Equal((3, 3), (announcement.Sequence, announcement.Lost));
        Assert.Equal(0, spool.Add(DateTimeOffset.UnixEpoch, 6)!.Value.Lost);
    }

    [Fact]
    public void Acknowledge_UpToASequence_ForgetsThoseAndNoOther()
    {
        HostSpool spool = new(bound: 10);
        for (int each = 0; each < 5; each++)
        {
            spool.Add(DateTimeOffset.UnixEpoch, each);
        }

        Assert.Equal([1L, 2, 3], spool.Acknowledge(3).Select(gone => gone.Sequence));
        Assert.Equal([4L, 5], spool.Read(10).Select(waiting => waiting.Sequence));
    }
}
