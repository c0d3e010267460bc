using Fleet.Contracts;

namespace Fleet.Broker.Tests;

/// <summary>Looking on while accesses happen.</summary>
public sealed class AccessWatchTests : IDisposable
{
    private readonly Rig _rig = new();
    private readonly BrokeredFunction _one;
    private readonly BrokeredFunction _other;

    public AccessWatchTests()
    {
        _one = _rig.Attach(new MemorySpace("0000:01:00.0"));
        _other = _rig.Attach(new MemorySpace("0000:02:00.0"));
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Take_AfterAccesses_TellsThemByProcessAndPlace()
    {
        using AccessWatch watch = _rig.Broker.Watch();
        Read(_one, 0, 4);
        Read(_one, 0, 4);
        _rig.Broker.Write(_one, 0x158, new byte[4], Rig.Setpci);
        _rig.Time.Advance(TimeSpan.FromSeconds(2));

        AccessWindow window = watch.Take();

        Assert.Equal(2, window.Seconds);
        Assert.Equal([(AccessOperation.Read, 0, 2L), (AccessOperation.Write, 0x158, 1L)], window.Accesses.Select(a => (a.Operation, a.Offset!.Value, a.Count)));
        Assert.All(window.Accesses, a => Assert.Equal(Rig.Setpci, a.Caller));
    }

    [Fact]
    public void Take_Twice_TellsEachAccessOnce()
    {
        using AccessWatch watch = _rig.Broker.Watch();
        Read(_one, 0, 4);

        Assert.Single(watch.Take().Accesses);
        Assert.Empty(watch.Take().Accesses);
    }

    [Fact]
    public void Watch_OfOneFunction_IsSilentAboutOthers()
    {
        using AccessWatch watch = _rig.Broker.Watch(_other.Address);
        Read(_one, 0, 4);
        Read(_other, 8, 4);

        Assert.Equal(_other.Address, Assert.Single(watch.Take().Accesses).Function);
    }

    [Fact]
    public void Watch_Bypass_IsToldWithItsSensorAndWithoutADecision()
    {
        using AccessWatch watch = _rig.Broker.Watch();
        _rig.Broker.Bypassed(new BypassAccess(_rig.Time.GetUtcNow(), "kprobe", _one.Address, AccessOperation.Write, 0x40, 4, Rig.Setpci));

        AccessSeen seen = Assert.Single(watch.Take().Accesses);
        Assert.Equal(("kprobe", null), (seen.Sensor, seen.Decision));
    }

    [Fact]
    public void Watch_MoreThanFits_CountsTheRest()
    {
        using AccessWatch watch = _rig.Broker.Watch();
        for (int i = 0; i < AccessWatch.Most + 10; i++)
        {
            _rig.Broker.Bypassed(new BypassAccess(_rig.Time.GetUtcNow(), "kprobe", _one.Address, AccessOperation.Read, i, 1, null));
        }

        AccessWindow window = watch.Take();

        Assert.Equal((AccessWatch.Most, 10), (window.Accesses.Count, window.Untold));
    }

    [Fact]
    public void Watch_Disposed_SeesNoMore()
    {
        AccessWatch watch = _rig.Broker.Watch();
        watch.Dispose();
        Read(_one, 0, 4);

        Assert.Empty(watch.Take().Accesses);
    }

    [Fact]
    public async Task Take_WhileOthersCount_LosesNone()
    {
        using AccessWatch watch = _rig.Broker.Watch();
        Task[] readers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 5_000; i++)
            {
                Read(_one, 0, 4);
            }
        }))];
        long told = 0;
        while (!Task.WhenAll(readers).IsCompleted)
        {
            told += watch.Take().Accesses.Sum(a => a.Count);
        }

        await Task.WhenAll(readers);
        told += watch.Take().Accesses.Sum(a => a.Count);

        Assert.Equal(20_000, told);
    }

    private void Read(BrokeredFunction function, int offset, int length) =>
        _rig.Broker.Read(function, offset, new byte[length], Rig.Setpci);
}
