using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Policy.Tests;

public sealed class ClaimCompilerTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly FunctionFacts Function = new()
    {
        Address = PciAddress.Parse("0000:01:00.0"),
        VendorId = "144d",
        DeviceId = "a824",
        ClassCode = "010802",
        Driver = "nvme",
        ConfigSize = 4096,
        Capabilities =
        [
            new CapabilityFacts(0x70, 0x10, 2, false, "Express", 0x3c), new CapabilityFacts(0x100, 0x01, 2, true, "AER", 0x48),
            new CapabilityFacts(0x150, 0x2e, 1, true, "DOE", 0x18), new CapabilityFacts(0x180, 0x2e, 1, true, "DOE", 0x18),
        ],
        Mailboxes = [new MailboxFacts { Offset = 0x150, Owner = "broker", OwnerReason = "free", State = "free" }],
    };

    [Fact]
    public void Compile_NoPolicy_ClaimsEachMailboxForTheBroker()
    {
        ClaimTable table = Compile([]);
        Assert.Equal([(0x158, 16), (0x188, 16)], table.Claims.Select(c => (c.Facts.Offset, c.Facts.Length)));
        Assert.All(table.Claims, c =>
        {
            Assert.Equal("broker", c.Facts.Holder);
            Assert.Equal(ClaimSource.Default, c.Facts.Source);
            Assert.Equal(EnforcementMode.Enforce, c.Facts.Mode);
            Assert.Equal((ClaimAction.Allow, ClaimAction.Virtualise), (c.Facts.OnRead, c.Facts.OnWrite));
        });
    }

    [Theory]
    [InlineData("doe", "0x158+16 0x188+16")]
    [InlineData("capability:pcie", "0x70+60")]
    [InlineData("capability:0x10", "0x70+60")]
    [InlineData("capability:msix", "")]
    [InlineData("extended:1", "0x100+72")]
    [InlineData("range:832+96", "0x340+96")]
    [InlineData("range:4095+1", "0xfff+1")]
    [InlineData("whole", "0x0+4096")]
    public void Compile_Region_IsFoundOnTheFunction(string region, string expected)
    {
        ClaimTable table = Compile([Policy(Spec(region))]);
        Assert.Equal(expected, string.Join(' ', table.Claims.Where(c => c.Facts.Source is ClaimSource.Policy).Select(c => $"0x{c.Facts.Offset:x}+{c.Facts.Length}")));
    }

    [Fact]
    public void Compile_SmallFunction_RegionsEndWithItsSpace()
    {
        FunctionFacts small = Function with { ConfigSize = 256, Capabilities = [], Mailboxes = [] };
        ClaimTable table = ClaimCompiler.Compile(small, [Policy(Spec("whole")), Policy(Spec("range:832+96"), name: "far")], [], EnforcementMode.Enforce, Now);
        Assert.Equal((0, 256), (Assert.Single(table.Claims).Facts.Offset, table.Claims[0].Facts.Length));
    }

    [Theory]
    [InlineData("vendor:144d and not driver:vfio-pci", true)]
    [InlineData("driver:vfio-pci", false)]
    [InlineData("", true)]
    public void Compile_FunctionSelector_Decides(string selector, bool expected) =>
        Assert.Equal(expected, Compile([Policy(Spec("whole"), selector)]).Claims.Any(c => c.Facts.Source is ClaimSource.Policy));

    [Theory]
    [InlineData(EnforcementMode.Enforce, EnforcementMode.Shadow, EnforcementMode.Shadow)]
    [InlineData(EnforcementMode.Observe, EnforcementMode.Enforce, EnforcementMode.Observe)]
    public void Compile_Ceiling_LimitsEveryClaim(EnforcementMode wanted, EnforcementMode ceiling, EnforcementMode expected)
    {
        ClaimTable table = ClaimCompiler.Compile(Function, [Policy(Spec("range:0+4")) with { Mode = wanted }], [Local(0x10, wanted)], ceiling, Now);
        Assert.All(table.Claims.Where(c => c.Facts.Source is not ClaimSource.Default), c => Assert.Equal(expected, c.Facts.Mode));
        Assert.Equal(4, table.Claims.Length);
    }

    [Fact]
    public void Compile_LocalClaimsAndLeases_OnlyThoseOfTheFunction()
    {
        PciAddress elsewhere = PciAddress.Parse("0000:02:00.0");
        LocalClaim other = Local(0x30) with { Facts = Local(0x30).Facts with { Function = elsewhere } };
        Lease[] leases = [Lease("a", null), Lease("b", Function.Address), Lease("c", elsewhere)];
        ClaimTable table = ClaimCompiler.Compile(Function, [], [Local(0x10), other], EnforcementMode.Observe, Now, null, leases);
        Assert.Equal([0x10], table.Claims.Where(c => c.Facts.Source is ClaimSource.Local).Select(c => c.Facts.Offset));
        Assert.Equal(
            ["lease.a@0000:01:00.0/158+10", "lease.a@0000:01:00.0/188+10", "lease.b@0000:01:00.0/158+10", "lease.b@0000:01:00.0/188+10"],
            table.Claims.Where(c => c.Facts.Source is ClaimSource.Lease).Select(c => c.Facts.Id).Order());
        Assert.All(table.Claims.Where(c => c.Facts.Source is ClaimSource.Lease), c => Assert.Equal(EnforcementMode.Enforce, c.Facts.Mode));
    }

    [Theory]
    [InlineData("all", "010802", "00", "0x10+24")]
    [InlineData("all", "060400", "01", "0x10+8")]
    [InlineData("all", "060700", "82", "0x10+4")]
    [InlineData("all", "060400", null, "0x10+8")]
    [InlineData("0", "010802", "00", "0x10+8")]
    [InlineData("1", "010802", "00", "0x10+8")]
    [InlineData("2", "010802", "00", "0x18+4")]
    [InlineData("5", "010802", "00", "0x24+4")]
    [InlineData("2", "060400", "01", "")]
    [InlineData("0", "010802", null, "0x10+4")]
    public void Compile_Bar_IsBothHalvesOfAWideOne(string bar, string classCode, string? headerType, string expected)
    {
        FunctionFacts function = Function with
        {
            ClassCode = classCode,
            Config = headerType is null ? [] : [new ConfigRange(0, $"{new string('0', 28)}{headerType}00" + "040000f000000000080000e0")],
        };
        ClaimTable table = ClaimCompiler.Compile(function, [Policy(new RegionSpec { Bar = bar })], [], EnforcementMode.Enforce, Now);
        Assert.Equal(expected, string.Join(' ', table.Claims.Where(c => c.Region is RegionKind.Bar).Select(c => $"0x{c.Facts.Offset:x}+{c.Facts.Length}")));
    }

    [Fact]
    public void Compile_Wait_IsToldWithItsTimeOnlyWhereItWaits()
    {
        CompiledClaim waits = Claim(Spec("range:0+4")) with { OnWrite = ClaimAction.Wait };
        CompiledPolicy policy = Policy(Spec("whole")) with
        {
            Claims = [waits, waits with { WaitMilliseconds = 40 }, waits with { OnWrite = ClaimAction.Refuse, WaitMilliseconds = 40 }],
        };
        Assert.Equal(
            [250, 40, null],
            Compile([policy]).Claims.Where(c => c.Facts.Source is ClaimSource.Policy).OrderBy(c => c.Facts.Id).Select(c => c.Facts.WaitMilliseconds));
    }

    [Fact]
    public void Compile_Again_ClaimsKeepTheirIdAndBeginning()
    {
        ClaimTable first = Compile([Policy(Spec("whole"))]);
        ClaimTable second = ClaimCompiler.Compile(Function, [Policy(Spec("whole")), Policy(Spec("range:0+4"), name: "new")], [], EnforcementMode.Enforce, Now.AddHours(1), first);
        Assert.Equal(first.Claims.Length + 1, second.Claims.Length);
        Assert.All(second.Claims, c => Assert.Equal(c.Facts.Policy == "new r3" ? Now.AddHours(1) : Now, c.Facts.Since));
        Assert.Equal(second.Claims.Length, second.Claims.Select(c => c.Facts.Id).Distinct().Count());
    }

    [Fact]
    public void Check_EverythingWrong_IsNamedAtOnceAndCompileRefuses()
    {
        CompiledPolicy bad = Policy(new RegionSpec(), "host:x and") with
        {
            Claims =
            [
                Claim(new RegionSpec()), Claim(new RegionSpec { Doe = "all" }), Claim(new RegionSpec { Capability = "pcix-ng" }),
                Claim(new RegionSpec { Offset = 4095, Length = 2 }), Claim(new RegionSpec { Offset = 4 }), Claim(new RegionSpec { Whole = true, Doe = "registers" }),
                Claim(new RegionSpec { Offset = int.MaxValue, Length = int.MaxValue }), Claim(new RegionSpec { Whole = true }),
            ],
        };
        IReadOnlyList<string> problems = ClaimCompiler.Check([bad, Policy(Spec("whole")), Policy(Spec("whole"))]);
        Assert.Equal(9, problems.Count);
        Assert.Contains(problems, p => p.Contains("doe-exclusive is assigned 3 times", StringComparison.Ordinal));
        Assert.Equal(problems, Assert.Throws<PolicyException>(() => Compile([bad, Policy(Spec("whole")), Policy(Spec("whole"))])).Problems);
    }

    [Fact]
    public void Check_ActionsThatCannotBe_AreRefused()
    {
        CompiledClaim good = Claim(Spec("range:0+4"));
        CompiledPolicy policy = Policy(Spec("whole")) with
        {
            Mode = EnforcementMode.Unknown,
            Claims =
            [
                good with { OnRead = ClaimAction.Virtualise }, good with { OnRead = ClaimAction.Unknown }, good with { OnWrite = ClaimAction.Ones },
                good with { OnWrite = ClaimAction.Virtualise }, good with { WaitMilliseconds = 0 }, good with { Allow = [new CallerRule { Write = true }] },
                good with { Allow = [new CallerRule { ExeHash = "abc" }] }, good with { Region = new RegionSpec { Bar = "6" } },
                Claim(Spec("doe")) with { OnWrite = ClaimAction.Virtualise, OnRead = ClaimAction.Ones, WaitMilliseconds = 30_000 },
            ],
        };
        IReadOnlyList<string> problems = ClaimCompiler.Check([policy]);
        Assert.Equal(9, problems.Count);
        Assert.DoesNotContain(problems, p => p.Contains("claim 9", StringComparison.Ordinal));
    }

    private static Lease Lease(string id, PciAddress? function) => new()
    {
        Id = id,
        Function = function,
        Region = Spec("doe"),
        Callers = new CallerRule { Uid = 0, Write = true },
        Holder = "root",
        Reason = "firmware",
        Since = Now,
        Expires = Now.AddMinutes(5),
    };

    private static ClaimTable Compile(IReadOnlyList<CompiledPolicy> policies) =>
        ClaimCompiler.Compile(Function, policies, [], EnforcementMode.Enforce, Now);

    private static CompiledPolicy Policy(RegionSpec region, string functions = "", string name = "doe-exclusive") => new()
    {
        Name = name,
        Revision = 3,
        Priority = 100,
        Mode = EnforcementMode.Enforce,
        Functions = functions,
        Claims = [Claim(region)],
    };

    private static CompiledClaim Claim(RegionSpec region) => new() { Region = region, Holder = "broker" };

    private static RegionSpec Spec(string text)
    {
        string[] parts = text.Split(':', '+');
        return parts[0] switch
        {
            "doe" => new RegionSpec { Doe = "registers" },
            "capability" => new RegionSpec { Capability = parts[1] },
            "extended" => new RegionSpec { ExtendedCapability = int.Parse(parts[1]) },
            "range" => new RegionSpec { Offset = int.Parse(parts[1]), Length = int.Parse(parts[2]) },
            _ => new RegionSpec { Whole = true },
        };
    }

    private static LocalClaim Local(int offset, EnforcementMode mode = EnforcementMode.Enforce) => new(
        new ClaimFacts
        {
            Id = $"local-{offset}",
            Function = Function.Address,
            Offset = offset,
            Length = 4,
            Holder = "pm9flash 200",
            Source = ClaimSource.Local,
            Mode = mode,
            OnRead = ClaimAction.Allow,
            OnWrite = ClaimAction.Refuse,
            Since = Now,
            Expires = Now.AddMinutes(1),
        },
        Callers.Flash);
}
