using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Broker.Tests;

public sealed class LeaseTests
{
    private readonly MemorySpace _space = new("0000:01:00.0");

    [Fact]
    public void Lease_ForAnExecutable_LetsItThroughAndIsCountedAndAudited()
    {
        using Rig rig = new();
        BrokeredFunction function = Attach(rig);
        Assert.Equal(AccessStatus.Refused, rig.Broker.Write(function, 0x40, new byte[4], Rig.Setpci).Status);

        LeaseOutcome outcome = rig.Broker.Lease(Request(), Rig.Root);

        Assert.True(outcome.Succeeded, outcome.Detail);
        Assert.Equal(AccessStatus.Done, rig.Broker.Write(function, 0x40, new byte[4], Rig.Setpci).Status);
        Assert.Equal(AccessStatus.Done, rig.Broker.Write(function, 0x800, new byte[4], Rig.Setpci).Status);
        Assert.Equal(AccessStatus.Refused, rig.Broker.Write(function, 0x40, new byte[4], Rig.Tool).Status);
        LeaseFacts facts = Assert.Single(rig.Broker.Leases());
        Assert.Equal((1L, "/usr/bin/setpci", "bash"), (facts.Uses, facts.Holder, facts.GrantedBy.Comm));
        Assert.Contains(rig.Broker.Claims(), c => c is { Source: ClaimSource.Lease, Mode: EnforcementMode.Enforce, Reason: "recover the drive" });

        Assert.True(rig.Broker.EndLease(facts.Id, Rig.Root).Succeeded);
        Assert.Equal(AccessStatus.Refused, rig.Broker.Write(function, 0x40, new byte[4], Rig.Setpci).Status);
        Assert.Contains("recover the drive", Assert.Single(rig.Of(EventKinds.LeaseGranted)).Detail, StringComparison.Ordinal);
        Assert.Contains("let 1 accesses through", Assert.Single(rig.Of(EventKinds.LeaseEnded)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Lease_ReadOnly_LetsNoWriteThrough()
    {
        using Rig rig = new();
        BrokeredFunction function = Attach(rig);
        rig.Broker.Lease(Request() with { Write = false }, Rig.Root);
        Assert.Equal(AccessStatus.Refused, rig.Broker.Write(function, 0x40, new byte[4], Rig.Setpci).Status);
    }

    [Fact]
    public void Lease_EveryFunction_CoversThoseThatComeLater()
    {
        using Rig rig = new();
        rig.Broker.Lease(Request() with { Function = null }, Rig.Root);
        BrokeredFunction function = Attach(rig);
        Assert.Equal(AccessStatus.Done, rig.Broker.Write(function, 0x40, new byte[4], Rig.Setpci).Status);
    }

    [Fact]
    public void Lease_ClockSetBack_EndsInTimeAllTheSame()
    {
        using Rig rig = new();
        BrokeredFunction function = Attach(rig);
        rig.Broker.Lease(Request(), Rig.Root);
        rig.Time.Shift = TimeSpan.FromHours(-5);
        rig.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(AccessStatus.Refused, rig.Broker.Write(function, 0x40, new byte[4], Rig.Setpci).Status);
        Assert.Empty(rig.Broker.Leases());
    }

    [Fact]
    public void Lease_NotAfterIsFirst_EndsThen()
    {
        using Rig rig = new();
        BrokeredFunction function = Attach(rig);
        LeaseFacts facts = rig.Broker.Lease(Request() with { NotAfter = rig.Time.GetUtcNow().AddMinutes(2) }, Rig.Root).Lease!;
        Assert.Equal(rig.Time.GetUtcNow().AddMinutes(2), facts.Expires);
        rig.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(AccessStatus.Refused, rig.Broker.Write(function, 0x40, new byte[4], Rig.Setpci).Status);
    }

    [Fact]
    public void Lease_SuspendedMachine_CountsTheTimeSinceBoot()
    {
        TimeSpan sinceBoot = TimeSpan.FromHours(1);
        using Rig rig = new(sinceBoot: () => sinceBoot);
        BrokeredFunction function = Attach(rig);
        rig.Broker.Lease(Request(), Rig.Root);
        sinceBoot += TimeSpan.FromHours(3);
        rig.Broker.Expire();
        Assert.Equal(AccessStatus.Refused, rig.Broker.Write(function, 0x40, new byte[4], Rig.Setpci).Status);
    }

    [Fact]
    public void Lease_OfAProcess_EndsWithIt()
    {
        using Rig rig = new();
        BrokeredFunction function = Attach(rig);
        rig.Broker.Lease(Request() with { Callers = null, Process = Rig.Tool }, Rig.Root);
        Assert.Equal(AccessStatus.Done, rig.Broker.Write(function, 0x40, new byte[4], Rig.Tool).Status);
        Assert.Equal(AccessStatus.Refused, rig.Broker.Write(function, 0x40, new byte[4], Rig.Tool with { StartTime = 77 }).Status);
        rig.Broker.Expire(process => process.Pid == Rig.Tool.Pid);
        Assert.Equal(AccessStatus.Refused, rig.Broker.Write(function, 0x40, new byte[4], Rig.Tool).Status);
    }

    [Fact]
    public void Lease_WhatCannotBe_IsRefusedAndSaysWhy()
    {
        using Rig rig = new();
        Attach(rig);
        string? Code(LeaseRequest request, Caller? caller = null) => rig.Broker.Lease(request, caller ?? Rig.Root).Code;
        Assert.Equal(ErrorCodes.Forbidden, Code(Request(), Rig.Setpci));
        Assert.Equal(ErrorCodes.NotFound, Code(Request() with { Function = PciAddress.Parse("0000:7f:00.0") }));
        Assert.Equal(ErrorCodes.Invalid, Code(Request() with { Callers = null }));
        Assert.Equal(ErrorCodes.Invalid, Code(Request() with { Process = Rig.Tool }));
        Assert.Equal(ErrorCodes.Invalid, Code(Request() with { Callers = new CallerRule() }));
        Assert.Equal(ErrorCodes.Invalid, Code(Request() with { Callers = null, Process = Rig.Tool with { StartTime = 0 } }));
        Assert.Equal(ErrorCodes.Invalid, Code(Request() with { Region = new RegionSpec() }));
        Assert.Equal(ErrorCodes.Invalid, Code(Request() with { Reason = " " }));
        Assert.Equal(ErrorCodes.Invalid, Code(Request() with { Duration = TimeSpan.FromDays(2) }));
        Assert.Equal(ErrorCodes.Invalid, Code(Request() with { NotAfter = rig.Time.GetUtcNow() }));
        Assert.Equal(ErrorCodes.NotFound, rig.Broker.EndLease("x", Rig.Root).Code);
        Assert.Equal(ErrorCodes.Forbidden, rig.Broker.EndLease("x", Rig.Setpci).Code);
        Assert.Empty(rig.Broker.Leases());
    }

    [Fact]
    public void Lease_Restart_EndsItAndTheJournalKnowsItWasCutOff()
    {
        byte[] journal;
        using (Rig rig = new())
        {
            Attach(rig);
            rig.Broker.Lease(Request(), Rig.Root);
            rig.Broker.Claim(new ClaimRequest { Function = _space.Address, Region = new RegionSpec { Bar = "0" }, Reason = "x" }, Rig.Tool);
            journal = File.ReadAllBytes(rig.JournalPath);
        }

        using Rig next = new(journal: journal);
        Assert.Empty(next.Broker.Leases());
        Assert.Equal(
            [(IntervalKind.Lease, 0, true), (IntervalKind.Claim, 0x10, true)],
            next.Broker.ReadJournal().Intervals.OrderByDescending(i => i.Kind).Select(i => (i.Kind, i.Offset, i.CutOff)));
    }

    private BrokeredFunction Attach(Rig rig)
    {
        rig.Broker.Apply([Rig.Policy(new CompiledClaim { Region = new RegionSpec { Offset = 0x40, Length = 8 }, Holder = "ops" })]);
        return rig.Attach(_space);
    }

    private LeaseRequest Request() => new()
    {
        Function = _space.Address,
        Callers = new CallerRule { Exe = Rig.Setpci.Exe },
        Reason = "recover the drive",
        Duration = TimeSpan.FromMinutes(10),
    };
}
