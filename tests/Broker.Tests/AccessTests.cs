using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Broker.Tests;

public sealed class AccessTests
{
    private readonly MemorySpace _space = new("0000:01:00.0");

    [Fact]
    public void Write_IntoClaimedMailbox_IsRefusedWholeAndTold()
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);

        AccessResult result = rig.Broker.Write(function, 0x155, new byte[4], Rig.Setpci);

        Assert.Equal(new AccessResult(AccessStatus.Refused, 0), result);
        Assert.Equal(0, _space.Writes);
        FleetEvent told = Assert.Single(rig.Events);
        Assert.Equal(EventKinds.ContentionAccess, told.Kind);
        Assert.Equal((0x155, 4, Decision.Refuse, AccessOperation.Write), (told.Offset, told.Length, told.Decision, told.Operation));
        Assert.Equal(new ClaimReference("broker", ClaimSource.Default, 0x158, 16), told.Claim);
        Assert.Equal(Rig.Setpci, told.Caller);
        Assert.Equal(1, rig.Broker.Counters.Accesses(AccessOperation.Write, Decision.Refuse));
        Assert.Equal(1, rig.Broker.Counters.Conflicts(Policy.RegionKind.Doe, Decision.Refuse));
        Assert.Equal(Decision.Refuse, Assert.Single(rig.Broker.ReadJournal().Entries).Decision);
    }

    [Theory]
    [InlineData(EnforcementMode.Shadow, Decision.WouldRefuse, 1)]
    [InlineData(EnforcementMode.Observe, Decision.Allow, 0)]
    public void Write_BelowEnforce_PassesAndIsRecorded(EnforcementMode ceiling, Decision expected, int events)
    {
        using Rig rig = new(ceiling);
        BrokeredFunction function = rig.Attach(_space);

        Assert.Equal(new AccessResult(AccessStatus.Done, 4), rig.Broker.Write(function, 0x158, new byte[4], Rig.Setpci));

        Assert.Equal(1, _space.Writes);
        Assert.Equal(events, rig.Events.Count);
        Assert.Equal(expected, Assert.Single(rig.Broker.ReadJournal().Entries).Decision);
    }

    [Fact]
    public void Write_ReadOnlySpace_AnswersSoAndTellsIt()
    {
        using Rig rig = new(EnforcementMode.Observe);
        _space.Answer = ConfigStatus.ReadOnly;
        BrokeredFunction function = rig.Attach(_space);

        Assert.Equal(AccessStatus.ReadOnly, rig.Broker.Write(function, 0x04, new byte[2], Rig.Setpci).Status);

        Assert.Equal(Decision.ReadOnly, Assert.Single(rig.Of(EventKinds.ContentionAccess)).Decision);
        Assert.Equal(1, rig.Broker.Counters.Accesses(AccessOperation.Write, Decision.ReadOnly));
    }

    [Fact]
    public void Read_OfClaimedMailbox_Passes()
    {
        using Rig rig = new();
        _space.Bytes[0x15c] = 0x5a;
        BrokeredFunction function = rig.Attach(_space);
        byte[] bytes = new byte[4];

        Assert.Equal(new AccessResult(AccessStatus.Done, 4), rig.Broker.Read(function, 0x15c, bytes, Rig.Setpci));

        Assert.Equal(0x5a, bytes[0]);
        Assert.Empty(rig.Events);
    }

    [Theory]
    [InlineData(-1, 4)]
    [InlineData(4095, 2)]
    [InlineData(5000, 1)]
    [InlineData(int.MaxValue, 4)]
    public void Write_OutsideTheSpace_IsRefusedWhole(int offset, int length)
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);
        Assert.Equal(AccessStatus.OutOfRange, rig.Broker.Write(function, offset, new byte[length], Rig.Setpci).Status);
        Assert.Equal(0, _space.Writes);
    }

    [Fact]
    public void Detach_OpenHandle_AnswersGone()
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);
        rig.Broker.Detach(_space.Address);
        Assert.Equal(AccessStatus.Gone, rig.Broker.Read(function, 0, new byte[4], Rig.Setpci).Status);
        Assert.Equal(AccessStatus.Gone, rig.Broker.Write(function, 0, new byte[4], Rig.Setpci).Status);
        Assert.Equal(0, _space.Reads + _space.Writes);
        Assert.Empty(rig.Broker.Functions);
    }

    [Fact]
    public void Read_FunctionThatVanished_AnswersGone()
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);
        _space.Answer = ConfigStatus.Gone;
        Assert.Equal(AccessStatus.Gone, rig.Broker.Read(function, 0, new byte[4], Rig.Setpci).Status);
    }

    [Fact]
    public void Access_Allowed_AllocatesNothing()
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);
        byte[] bytes = new byte[4];
        rig.Broker.Read(function, 0, bytes, Rig.Setpci);
        rig.Broker.Write(function, 4, bytes, Rig.Setpci);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            rig.Broker.Read(function, 0, bytes, Rig.Setpci);
            rig.Broker.Write(function, 4, bytes, Rig.Setpci);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Contention_Repeats_AreMergedIntoOneEventAfterASecond()
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);
        for (int i = 0; i < 1000; i++)
        {
            rig.Broker.Write(function, 0x158, new byte[2], Rig.Setpci);
        }

        rig.Broker.Write(function, 0x15c, new byte[2], Rig.Setpci);
        rig.Broker.Write(function, 0x158, new byte[2], Rig.Tool);
        Assert.Equal([1L, 1, 1], rig.Events.Select(e => e.Count));

        rig.Time.Advance(TimeSpan.FromSeconds(1));
        FleetEvent merged = Assert.Single(rig.Events, e => e.Count > 1);
        Assert.Equal((999, 0x158, "setpci"), (merged.Count, merged.Offset, merged.Caller!.Comm));
        Assert.NotNull(merged.First);

        rig.Time.Advance(TimeSpan.FromSeconds(5));
        rig.Broker.Write(function, 0x158, new byte[2], Rig.Setpci);
        Assert.Equal(5, rig.Events.Count);
        Assert.Equal(1, rig.Events[^1].Count);
    }

    [Fact]
    public void Contention_PolledForAnHour_IsToldEverLessOften()
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);
        for (int second = 0; second < 3600; second++)
        {
            rig.Broker.Write(function, 0x158, new byte[2], Rig.Setpci);
            rig.Time.Advance(TimeSpan.FromSeconds(1));
        }

        rig.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.InRange(rig.Events.Count, 100, 130);
        Assert.Equal(3600, rig.Events.Sum(e => e.Count));
    }

    [Fact]
    public void Contention_SweepOverAFunction_IsToldByBytesOnlySoFar()
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);
        rig.Broker.Apply([Rig.Policy(new CompiledClaim { Region = new RegionSpec { Whole = true }, Holder = "ops" })]);
        for (int sweep = 0; sweep < 60; sweep++)
        {
            for (int offset = 0; offset < 4096; offset += 4)
            {
                rig.Broker.Write(function, offset, new byte[2], Rig.Setpci);
            }

            rig.Time.Advance(TimeSpan.FromSeconds(2));
        }

        rig.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.InRange(rig.Events.Count, 10, 100);
        Assert.Equal(60 * 1024, rig.Events.Sum(e => e.Count));
        FleetEvent wide = rig.Events.MaxBy(e => e.Count)!;
        Assert.Equal((null, "setpci", "ops"), (wide.Offset, wide.Caller!.Comm, rig.Events[0].Claim!.Holder));
        Assert.Contains("many bytes of 0000:01:00.0", wide.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Contention_ClockSetBack_IsStillToldWithinASecond()
    {
        using Rig rig = new();
        ShiftedTime time = new(DateTimeOffset.UnixEpoch);
        using ContentionReporter reporter = new(rig, time);
        ContentionKey key = new(100, 5, _space.Address, 0x158, 4, AccessOperation.Write, Decision.Refuse);
        reporter.Report(key, null, Rig.Setpci);
        time.Shift = TimeSpan.FromHours(-1);
        reporter.Report(key, null, Rig.Setpci);
        reporter.Report(key, null, Rig.Setpci);

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([1L, 2], rig.Events.Select(e => e.Count));
    }

    [Fact]
    public void Contention_AtTheEnd_IsToldBeforeTheBrokerGoes()
    {
        Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);
        rig.Broker.Write(function, 0x158, new byte[2], Rig.Setpci);
        rig.Broker.Write(function, 0x158, new byte[2], Rig.Setpci);
        rig.Broker.Write(function, 0x158, new byte[2], Rig.Setpci);
        rig.Dispose();
        Assert.Equal([1L, 2], rig.Events.Select(e => e.Count));
    }

    [Fact]
    public void Contention_ManyDifferentOnes_StaysBoundedAndCountsAll()
    {
        Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);
        for (int i = 0; i < 3000; i++)
        {
            rig.Broker.Write(function, 0x158, new byte[2], Rig.Setpci with { Pid = i + 1000 });
        }

        rig.Dispose();
        Assert.InRange(rig.Events.Count, 1, 1100);
        Assert.Equal(3000, rig.Events.Sum(e => e.Count));
    }
}
