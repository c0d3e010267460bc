using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Broker.Tests;

/// <summary>What sensors saw go around the broker: kept, and told when it met a claim.</summary>
public sealed class BypassTests : IDisposable
{
    private readonly Rig _rig = new();
    private readonly MemorySpace _space = new("0000:01:00.0");

    public BypassTests() => _rig.Attach(_space);

    [Fact]
    public void Bypassed_WriteIntoAClaim_IsToldWithClaimCallerAndSensor()
    {
        _rig.Broker.Bypassed(Seen(AccessOperation.Write, 0x158, 4));

        FleetEvent told = Assert.Single(_rig.Of(EventKinds.ContentionBypass));
        Assert.Equal(("kprobe", Rig.Setpci, 0x158, 4), (told.Sensor, told.Caller, told.Offset, told.Length));
        Assert.Equal(AccessOperation.Write, told.Operation);
        Assert.Equal((0x158, 0x10), (told.Claim!.Offset, told.Claim.Length));
        Assert.Null(told.Decision); // Nobody decided.
    }

    [Theory]
    [InlineData(AccessOperation.Read, 0x158)] // reads pass this claim
    [InlineData(AccessOperation.Write, 0x100)] // nobody claims these bytes
    public void Bypassed_MeetingNoClaim_IsKeptAndNotTold(AccessOperation operation, int offset)
    {
        _rig.Broker.Bypassed(Seen(operation, offset, 4));

        Assert.Empty(_rig.Of(EventKinds.ContentionBypass));
        Assert.Equal(offset, Assert.Single(_rig.Broker.Bypasses.Recent(_space.Address)).Offset);
    }

    [Fact]
    public void Bypassed_WriteWithoutOffset_MeetsEveryClaimOfTheFunction()
    {
        _rig.Broker.Bypassed(Seen(AccessOperation.Write, null, null) with { Sensor = "fanotify", Caller = null });

        FleetEvent told = Assert.Single(_rig.Of(EventKinds.ContentionBypass));
        Assert.Null(told.Offset);
        Assert.Null(told.Caller);
        Assert.NotNull(told.Claim);
    }

    [Fact]
    public void Bypassed_DeniedByTheGuard_IsARefusalAndNoBypass()
    {
        _rig.Broker.Bypassed(Seen(AccessOperation.Write, null, null) with { Sensor = "guard", Denied = true });

        FleetEvent told = Assert.Single(_rig.Of(EventKinds.ContentionAccess));
        Assert.Equal((Decision.Refuse, "guard"), (told.Decision, told.Sensor));
        Assert.Equal(0, _rig.Broker.Bypasses.Count);
        Assert.Null(_rig.Broker.Bypasses.FindWrite(_space.Address, 0x158, 16, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Bypassed_Repeats_AreOneEventASecond()
    {
        for (int i = 0; i < 100; i++)
        {
            _rig.Broker.Bypassed(Seen(AccessOperation.Write, 0x158, 4));
        }

        _rig.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal([1, 99], _rig.Of(EventKinds.ContentionBypass).Select(e => e.Count));
    }

    [Fact]
    public void Bypassed_ThroughTwoSensors_IsToldOfEach()
    {
        _rig.Broker.Bypassed(Seen(AccessOperation.Write, 0x158, 4));
        _rig.Broker.Bypassed(Seen(AccessOperation.Write, 0x158, 4) with { Sensor = "kernel-log" });

        Assert.Equal(["kprobe", "kernel-log"], _rig.Of(EventKinds.ContentionBypass).Select(e => e.Sensor));
    }

    [Fact]
    public void Bypassed_OnAFunctionNobodyAttached_IsKept()
    {
        PciAddress other = PciAddress.Parse("0000:02:00.0");

        _rig.Broker.Bypassed(Seen(AccessOperation.Write, 0x10, 4) with { Function = other });

        Assert.Single(_rig.Broker.Bypasses.Recent(other));
        Assert.Empty(_rig.Events);
    }

    [Fact]
    public void FindWrite_TheNewestThatMayHaveTouchedTheBytes_IsTheSuspect()
    {
        _rig.Broker.Bypassed(Seen(AccessOperation.Write, 0x158, 4));
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        _rig.Broker.Bypassed(Seen(AccessOperation.Write, 0x15c, 4) with { Caller = Rig.Tool });
        _rig.Broker.Bypassed(Seen(AccessOperation.Read, 0x158, 16));
        _rig.Broker.Bypassed(Seen(AccessOperation.Write, 0x10, 4));

        BypassAccess? suspect = _rig.Broker.Bypasses.FindWrite(_space.Address, 0x158, 16, TimeSpan.FromSeconds(10));

        Assert.Equal(Rig.Tool, suspect?.Caller);
    }

    [Fact]
    public void FindWrite_OlderThanAsked_IsNoSuspect()
    {
        _rig.Broker.Bypassed(Seen(AccessOperation.Write, 0x158, 4));
        _rig.Time.Advance(TimeSpan.FromSeconds(11));

        Assert.Null(_rig.Broker.Bypasses.FindWrite(_space.Address, 0x158, 16, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Recent_BeyondItsDepth_KeepsTheNewest()
    {
        for (int i = 0; i < BypassLog.Depth + 10; i++)
        {
            _rig.Broker.Bypassed(Seen(AccessOperation.Read, i * 4, 4));
        }

        IReadOnlyList<BypassAccess> kept = _rig.Broker.Bypasses.Recent();

        Assert.Equal(BypassLog.Depth, kept.Count);
        Assert.Equal((BypassLog.Depth + 9) * 4, kept[0].Offset);
        Assert.Equal(BypassLog.Depth + 10, _rig.Broker.Bypasses.Count);
    }

    public void Dispose() => _rig.Dispose();

    private BypassAccess Seen(AccessOperation operation, int? offset, int? length) =>
        new(_rig.Time.GetUtcNow(), "kprobe", _space.Address, operation, offset, length, Rig.Setpci);
}
