using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Policy;

namespace Fleet.Broker.Tests;

public sealed class ClaimTests
{
    private readonly MemorySpace _space = new("0000:01:00.0");

    [Fact]
    public void Claim_FreeRegion_KeepsOthersOutAndLetsTheHolderIn()
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);

        ClaimOutcome outcome = rig.Broker.Claim(Request(0x40, 8), Rig.Tool);

        Assert.True(outcome.Succeeded, outcome.Detail);
        Assert.Equal("spdm-utils 200", outcome.Granted!.Holder);
        Assert.Equal(AccessStatus.Refused, rig.Broker.Write(function, 0x47, new byte[2], Rig.Setpci).Status);
        Assert.Equal(AccessStatus.Done, rig.Broker.Write(function, 0x47, new byte[2], Rig.Tool).Status);
        Assert.Contains(outcome.Granted, rig.Broker.Claims());
        Assert.Equal(EventKinds.ClaimGranted, rig.Events[0].Kind);
    }

    [Fact]
    public void Claim_OverlapsAnother_IsRefusedNamingHolderReasonAndEnd()
    {
        using Rig rig = new();
        rig.Attach(_space);
        ClaimFacts held = rig.Broker.Claim(Request(0x40, 8), Rig.Tool).Granted!;

        ClaimOutcome outcome = rig.Broker.Claim(Request(0x47, 1), Rig.Setpci);

        Assert.Equal((ErrorCodes.ClaimHeld, held), (outcome.Code, outcome.Blocker));
        Assert.Contains("spdm-utils 200", outcome.Detail, StringComparison.Ordinal);
        Assert.Contains("reading measurements", outcome.Detail, StringComparison.Ordinal);
        Assert.Contains("2026-03-01 12:10:00Z", outcome.Detail, StringComparison.Ordinal);
        Assert.Equal("spdm-utils 200", Assert.Single(rig.Of(EventKinds.ClaimRefused)).Claim!.Holder);
    }

    [Fact]
    public void Claim_ByAProcessThatCannotBeTold_IsRefused()
    {
        using Rig rig = new();
        rig.Attach(_space);
        Caller outside = new() { Pid = 0, Uid = 0, Comm = "unknown" };

        Assert.Equal(ErrorCodes.Forbidden, rig.Broker.Claim(Request(0x40, 8), outside).Code);

        Assert.DoesNotContain(rig.Broker.Claims(), c => c.Source is ClaimSource.Local);
    }

    [Fact]
    public void Claim_OnMailbox_IsRefusedBecauseTheBrokerHoldsIt()
    {
        using Rig rig = new();
        rig.Attach(_space);
        Assert.Equal("broker", rig.Broker.Claim(Request(0x150, 0x18), Rig.Tool).Blocker!.Holder);
    }

    [Fact]
    public void Claim_Again_RenewsTheSameClaim()
    {
        using Rig rig = new();
        rig.Attach(_space);
        ClaimFacts first = rig.Broker.Claim(Request(0x40, 8), Rig.Tool).Granted!;
        rig.Time.Advance(TimeSpan.FromMinutes(9));
        ClaimFacts second = rig.Broker.Claim(Request(0x40, 8), Rig.Tool).Granted!;
        Assert.Equal(first with { Expires = first.Expires!.Value.AddMinutes(9) }, second);
        Assert.Single(rig.Broker.Claims(), c => c.Source is ClaimSource.Local);
    }

    [Theory]
    [InlineData(-1, 4, "why", 60, ErrorCodes.Invalid)]
    [InlineData(4095, 2, "why", 60, ErrorCodes.Invalid)]
    [InlineData(0, int.MaxValue, "why", 60, ErrorCodes.Invalid)]
    [InlineData(0, 0, "why", 60, ErrorCodes.Invalid)]
    [InlineData(0, 4, " ", 60, ErrorCodes.Invalid)]
    [InlineData(0, 4, "why", 0, ErrorCodes.Invalid)]
    [InlineData(0, 4, "why", 999_999, ErrorCodes.Invalid)]
    public void Claim_BadRequest_IsRefused(int offset, int length, string reason, int seconds, string code)
    {
        using Rig rig = new();
        rig.Attach(_space);
        ClaimRequest request = Request(offset, length) with { Reason = reason, Duration = TimeSpan.FromSeconds(seconds) };
        Assert.Equal(code, rig.Broker.Claim(request, Rig.Tool).Code);
        Assert.Equal(ErrorCodes.NotFound, rig.Broker.Claim(request with { Function = PciAddress.Parse("0000:ff:00.0") }, Rig.Tool).Code);
    }

    [Fact]
    public void Claim_TooMany_IsRefused()
    {
        using Rig rig = new();
        rig.Attach(_space);
        for (int i = 0; i < 64; i++)
        {
            Assert.True(rig.Broker.Claim(Request(0x400 + i, 1), Rig.Tool).Succeeded);
        }

        Assert.Equal(ErrorCodes.TooMany, rig.Broker.Claim(Request(0x800, 1), Rig.Tool).Code);
    }

    [Fact]
    public void Release_ByHolderOrRootOnly()
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);
        ClaimFacts first = rig.Broker.Claim(Request(0x40, 4), Rig.Tool).Granted!;
        ClaimFacts second = rig.Broker.Claim(Request(0x44, 4), Rig.Tool).Granted!;

        Assert.Equal(ErrorCodes.Forbidden, rig.Broker.Release(first.Id, Rig.Setpci).Code);
        Assert.Equal(ErrorCodes.Forbidden, rig.Broker.Release(first.Id, Rig.Tool with { StartTime = 1 }).Code);
        Assert.Equal(first, rig.Broker.Release(first.Id, Rig.Tool).Released);
        Assert.Equal(second, rig.Broker.Release(second.Id, Rig.Root).Released);
        Assert.Equal(ErrorCodes.NotFound, rig.Broker.Release(first.Id, Rig.Root).Code);

        Assert.Equal(AccessStatus.Done, rig.Broker.Write(function, 0x40, new byte[8], Rig.Setpci).Status);
        Assert.Equal(2, rig.Of(EventKinds.ClaimReleased).Count);
    }

    [Fact]
    public void Expire_TimeUpOrProcessEnded_EndsThem()
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);
        rig.Broker.Claim(Request(0x40, 4), Rig.Tool);
        rig.Broker.Claim(Request(0x50, 4) with { Duration = TimeSpan.FromHours(1) }, Rig.Root);

        rig.Time.Advance(TimeSpan.FromMinutes(10));
        rig.Broker.Expire();
        Assert.Equal(AccessStatus.Done, rig.Broker.Write(function, 0x40, new byte[4], Rig.Setpci).Status);
        Assert.Equal(AccessStatus.Refused, rig.Broker.Write(function, 0x50, new byte[4], Rig.Setpci).Status);

        rig.Broker.Expire(process => process == Rig.Root);
        Assert.Equal(AccessStatus.Done, rig.Broker.Write(function, 0x50, new byte[4], Rig.Setpci).Status);
        Assert.Equal(2, rig.Of(EventKinds.ClaimExpired).Count);
    }

    [Fact]
    public void Apply_Policy_ReplacesTheOneBefore()
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);
        rig.Broker.Apply([Policy(0x40)]);
        Assert.Equal(AccessStatus.Refused, rig.Broker.Write(function, 0x40, new byte[1], Rig.Setpci).Status);

        rig.Broker.Apply([Policy(0x50)]);
        Assert.Equal(AccessStatus.Done, rig.Broker.Write(function, 0x40, new byte[1], Rig.Setpci).Status);
        Assert.Equal(AccessStatus.Refused, rig.Broker.Write(function, 0x50, new byte[1], Rig.Setpci).Status);
        Assert.Equal("p r1", Assert.Single(rig.Broker.Claims(), c => c.Source is ClaimSource.Policy).Policy);
    }

    [Fact]
    public void Apply_BadPolicy_ChangesNothing()
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);
        rig.Broker.Apply([Policy(0x40)]);
        Assert.Throws<PolicyException>(() => rig.Broker.Apply([Policy(0x50), Policy(0x60) with { Name = "q", Functions = "nonsense:" }]));
        Assert.Equal(AccessStatus.Refused, rig.Broker.Write(function, 0x40, new byte[1], Rig.Setpci).Status);
        Assert.Equal(AccessStatus.Done, rig.Broker.Write(function, 0x50, new byte[1], Rig.Setpci).Status);
    }

    [Fact]
    public void Detach_FunctionWithLocalClaim_EndsIt()
    {
        using Rig rig = new();
        rig.Attach(_space);
        rig.Broker.Claim(Request(0x40, 4), Rig.Tool);
        rig.Broker.Detach(_space.Address);
        Assert.Empty(rig.Broker.Claims());
        Assert.Single(rig.Of(EventKinds.ClaimExpired));
    }

    [Fact]
    public void Claim_Shared_LetsOthersShareAndNobodyHoldAlone()
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);
        Assert.True(rig.Broker.Claim(Request(0x40, 8) with { Shared = true }, Rig.Tool).Succeeded);

        Assert.Equal(ErrorCodes.ClaimHeld, rig.Broker.Claim(Request(0x44, 8), Rig.Root).Code);
        Assert.True(rig.Broker.Claim(Request(0x44, 8) with { Shared = true }, Rig.Root).Succeeded);

        Assert.Equal(AccessStatus.Done, rig.Broker.Write(function, 0x44, new byte[4], Rig.Root).Status);
        Assert.Equal(AccessStatus.Done, rig.Broker.Write(function, 0x44, new byte[4], Rig.Tool).Status);
        Assert.Equal(AccessStatus.Refused, rig.Broker.Write(function, 0x40, new byte[4], Rig.Root).Status);
        Assert.Equal(AccessStatus.Refused, rig.Broker.Write(function, 0x44, new byte[4], Rig.Setpci).Status);
    }

    [Fact]
    public void Claim_OverlapsAnExclusiveOneThatAllowsEverything_IsRefused()
    {
        using Rig rig = new();
        rig.Attach(_space);
        Assert.True(rig.Broker.Claim(Request(0x40, 8) with { OnWrite = ClaimAction.Allow }, Rig.Tool).Succeeded);
        Assert.Equal(ErrorCodes.ClaimHeld, rig.Broker.Claim(Request(0x40, 8) with { Shared = true }, Rig.Root).Code);
    }

    [Fact]
    public void Claim_SharedWherePolicyShares_IsGrantedAndExclusiveIsNot()
    {
        using Rig rig = new();
        rig.Attach(_space);
        rig.Broker.Apply([Policy(0x40) with { Claims = [Policy(0x40).Claims[0] with { Shared = true }] }]);
        Assert.Equal(ErrorCodes.ClaimHeld, rig.Broker.Claim(Request(0x40, 4), Rig.Tool).Code);
        Assert.True(rig.Broker.Claim(Request(0x40, 4) with { Shared = true }, Rig.Tool).Succeeded);
    }

    [Theory]
    [InlineData("bar", 0x10, 24)]
    [InlineData("whole", 0, 4096)]
    [InlineData("extended", 0x150, 0x18)]
    [InlineData("offset", 0x300, 4)]
    public void Claim_RegionByWhatItIs_IsFoundOnTheFunction(string form, int offset, int length)
    {
        using Rig rig = new();
        MemorySpace plain = new("0000:02:00.0");
        rig.Broker.Attach(plain, Rig.Facts(plain.Address) with
        {
            Mailboxes = [],
            Capabilities = [new CapabilityFacts(0x150, 0x1b, 1, true, "PASID", 0x18)],
        });
        RegionSpec region = form switch
        {
            "bar" => new RegionSpec { Bar = "all" },
            "whole" => new RegionSpec { Whole = true },
            "extended" => new RegionSpec { ExtendedCapability = 0x1b },
            _ => new RegionSpec { Offset = 0x300, Length = 4 },
        };
        ClaimFacts granted = rig.Broker.Claim(new ClaimRequest { Function = plain.Address, Region = region, Reason = "x" }, Rig.Tool).Granted!;
        Assert.Equal((offset, length), (granted.Offset, granted.Length));
    }

    [Fact]
    public void Claim_RegionThatIsNoOne_IsRefusedAndSaysWhichThereAre()
    {
        using Rig rig = new();
        rig.Broker.Attach(_space, Rig.Facts(_space.Address) with
        {
            Capabilities = [new CapabilityFacts(0x150, 0x2e, 1, true, "DOE", 0x18), new CapabilityFacts(0x180, 0x2e, 1, true, "DOE", 0x18)],
        });
        ClaimRequest request = new() { Function = _space.Address, Reason = "x" };
        ClaimOutcome two = rig.Broker.Claim(request with { Region = new RegionSpec { ExtendedCapability = 0x2e } }, Rig.Tool);
        Assert.Equal(ErrorCodes.Invalid, two.Code);
        Assert.Contains("0x150+24, 0x180+24", two.Detail, StringComparison.Ordinal);
        Assert.Contains("has no such region", rig.Broker.Claim(request with { Region = new RegionSpec { Capability = "msi" } }, Rig.Tool).Detail, StringComparison.Ordinal);
        Assert.Equal(ErrorCodes.Invalid, rig.Broker.Claim(request with { Region = new RegionSpec { Whole = true, Bar = "1" } }, Rig.Tool).Code);
        Assert.Equal(ErrorCodes.Invalid, rig.Broker.Claim(Request(0x40, 4) with { OnRead = ClaimAction.Virtualise }, Rig.Tool).Code);
        Assert.Equal(ErrorCodes.Invalid, rig.Broker.Claim(Request(0x40, 4) with { OnWrite = ClaimAction.Unknown }, Rig.Tool).Code);
        Assert.Equal(ErrorCodes.Invalid, rig.Broker.Claim(Request(0x40, 4) with { WaitMilliseconds = 60_000 }, Rig.Tool).Code);
    }

    [Fact]
    public void Claim_ClockSetBack_EndsInTimeAllTheSame()
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);
        rig.Broker.Claim(Request(0x40, 4) with { Duration = TimeSpan.FromMinutes(1) }, Rig.Tool);
        rig.Time.Shift = TimeSpan.FromDays(-1);
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(AccessStatus.Done, rig.Broker.Write(function, 0x40, new byte[4], Rig.Setpci).Status);
        Assert.Single(rig.Of(EventKinds.ClaimExpired));
    }

    [Fact]
    public void OnAgentLoss_SeveralPolicies_TheStrictestHolds()
    {
        using Rig rig = new();
        Assert.Null(rig.Broker.OnAgentLoss);
        rig.Broker.Apply(
            [Policy(0x40) with { OnAgentLoss = AgentLossAction.Open }, Policy(0x50) with { Name = "q", OnAgentLoss = AgentLossAction.Wait }, Policy(0x60) with { Name = "r" }]);
        Assert.Equal(AgentLossAction.Wait, rig.Broker.OnAgentLoss);
    }

    private static ClaimRequest Request(int offset, int length) =>
        new() { Function = PciAddress.Parse("0000:01:00.0"), Offset = offset, Length = length, Reason = "reading measurements" };

    private static CompiledPolicy Policy(int offset) => new()
    {
        Name = "p",
        Revision = 1,
        Priority = 1,
        Mode = EnforcementMode.Enforce,
        Claims = [new CompiledClaim { Region = new RegionSpec { Offset = offset, Length = 4 }, Holder = "vendor" }],
    };
}
