using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Policy.Tests;

public sealed class ClaimTableTests
{
    private static int _next;

    [Theory]
    [InlineData(0x158, 4, Decision.Refuse)]
    [InlineData(0x157, 1, Decision.Allow)]
    [InlineData(0x168, 4, Decision.Allow)]
    [InlineData(0x155, 4, Decision.Refuse)]
    [InlineData(0x167, 1, Decision.Refuse)]
    [InlineData(0, 4096, Decision.Refuse)]
    [InlineData(0x160, 0, Decision.Allow)]
    [InlineData(int.MaxValue, int.MaxValue, Decision.Allow)]
    public void Decide_ForeignWrite_IsRefusedWholeWhenOneByteOverlaps(int offset, int length, Decision expected)
    {
        ClaimTable table = ClaimTable.Create([Make(0x158, 16)]);
        Assert.Equal(expected, table.Decide(AccessOperation.Write, offset, length, Callers.Setpci).Decision);
        Assert.Equal(Decision.Allow, table.Decide(AccessOperation.Read, offset, length, Callers.Setpci).Decision);
    }

    [Theory]
    [InlineData(EnforcementMode.Enforce, Decision.Refuse, true)]
    [InlineData(EnforcementMode.Shadow, Decision.WouldRefuse, true)]
    [InlineData(EnforcementMode.Observe, Decision.Allow, false)]
    public void Decide_Mode_SaysHowFarTheClaimActs(EnforcementMode mode, Decision expected, bool contention)
    {
        Claim claim = Make(0x40, 4, mode: mode);
        Verdict verdict = ClaimTable.Create([claim]).Decide(AccessOperation.Write, 0x42, 1, Callers.Setpci);
        Assert.Equal(new Verdict(expected, claim), verdict);
        Assert.Equal(contention, verdict.IsContention);
    }

    [Fact]
    public void Decide_OnReadRefuse_RefusesReads()
    {
        ClaimTable table = ClaimTable.Create([Make(0x40, 4, onRead: ClaimAction.Refuse, onWrite: ClaimAction.Allow)]);
        Assert.Equal(Decision.Refuse, table.Decide(AccessOperation.Read, 0, 0x41, Callers.Setpci).Decision);
        Assert.Equal(Decision.Allow, table.Decide(AccessOperation.Write, 0x40, 4, Callers.Setpci).Decision);
    }

    [Fact]
    public void Decide_HolderOfLocalClaim_PassesAndOnlyThatProcess()
    {
        ClaimTable table = ClaimTable.Create([Make(0x40, 4), Make(0x40, 4, ClaimSource.Local, process: Callers.Flash)]);
        Assert.Equal(Decision.Allow, table.Decide(AccessOperation.Write, 0x40, 4, Callers.Flash).Decision);
        Assert.Equal(Decision.Refuse, table.Decide(AccessOperation.Write, 0x40, 4, Callers.Flash with { StartTime = 99 }).Decision);
        Assert.Equal("local", Holder(table, 0x40));
    }

    [Fact]
    public void Decide_AllowList_NeedsEveryPartAndWriteForWrites()
    {
        CallerRule reader = new() { Exe = "/usr/bin/lspci", Uid = 1000 };
        CallerRule writer = new() { Unit = "flash.service", Write = true };
        ClaimTable table = ClaimTable.Create([Make(0x40, 4, ClaimSource.Policy, onRead: ClaimAction.Refuse, allow: [reader, writer, new CallerRule { Write = true }])]);
        Assert.Equal(Decision.Allow, table.Decide(AccessOperation.Read, 0x40, 4, Callers.User).Decision);
        Assert.Equal(Decision.Refuse, table.Decide(AccessOperation.Read, 0x40, 4, Callers.User with { Uid = 0 }).Decision);
        Assert.Equal(Decision.Refuse, table.Decide(AccessOperation.Write, 0x40, 4, Callers.User).Decision);
        Assert.Equal(Decision.Allow, table.Decide(AccessOperation.Write, 0x40, 4, Callers.Flash).Decision);
        Assert.Equal(Decision.Refuse, table.Decide(AccessOperation.Write, 0x40, 4, Callers.Setpci).Decision);
    }

    [Fact]
    public void Decide_Overlap_LocalAbovePolicyByPriorityAboveDefault()
    {
        Claim byDefault = Make(0x40, 12, holder: "default");
        Claim open = Make(0x44, 8, ClaimSource.Policy, priority: 10, onWrite: ClaimAction.Allow, holder: "open");
        Claim shut = Make(0x48, 4, ClaimSource.Policy, priority: 20, holder: "shut");
        ClaimTable table = ClaimTable.Create([open, shut, byDefault]);
        Assert.Equal("default", Holder(table, 0x40));
        Assert.Null(Holder(table, 0x44));
        Assert.Equal("shut", Holder(table, 0x48));
        Assert.Equal(Decision.Refuse, table.Decide(AccessOperation.Write, 0x44, 5, Callers.Setpci).Decision);
    }

    [Fact]
    public void Decide_SamePriority_TheStrictestDecides()
    {
        Claim open = Make(0x40, 4, ClaimSource.Policy, priority: 10, onWrite: ClaimAction.Allow, holder: "open");
        Claim shut = Make(0x40, 4, ClaimSource.Policy, priority: 10, holder: "shut");
        Assert.Equal("shut", Holder(ClaimTable.Create([open, shut]), 0x40));
    }

    [Fact]
    public void Decide_ShadowAndObserve_NeverChangeWhatHappens()
    {
        Claim byDefault = Make(0x40, 4, holder: "default");
        Claim relax = Make(0x40, 4, ClaimSource.Policy, EnforcementMode.Shadow, 10, onWrite: ClaimAction.Allow, holder: "relax");
        Assert.Equal("default", Holder(ClaimTable.Create([byDefault, relax]), 0x40));

        Claim open = Make(0x40, 4, ClaimSource.Policy, EnforcementMode.Enforce, 10, onWrite: ClaimAction.Allow, holder: "open");
        Claim tighten = Make(0x40, 4, ClaimSource.Policy, EnforcementMode.Shadow, 20, holder: "tighten");
        Verdict verdict = ClaimTable.Create([open, tighten]).Decide(AccessOperation.Write, 0x40, 4, Callers.Setpci);
        Assert.Equal(new Verdict(Decision.WouldRefuse, tighten), verdict);
    }

    [Theory]
    [InlineData(ClaimAction.Refuse, Decision.Refuse, Decision.Refuse)]
    [InlineData(ClaimAction.Wait, Decision.Wait, Decision.Wait)]
    [InlineData(ClaimAction.Ones, Decision.Ones, Decision.Refuse)]
    [InlineData(ClaimAction.Cached, Decision.Cached, Decision.Refuse)]
    [InlineData(ClaimAction.Virtualise, Decision.Refuse, Decision.Refuse)]
    [InlineData(ClaimAction.Unknown, Decision.Refuse, Decision.Refuse)]
    public void Decide_Action_DecidesAndWhatMakesNoSenseIsRefused(ClaimAction action, Decision read, Decision write)
    {
        ClaimTable table = ClaimTable.Create([Make(0x40, 4, onRead: action, onWrite: action)]);
        Assert.Equal(read, table.Decide(AccessOperation.Read, 0x40, 4, Callers.Setpci).Decision);
        Assert.Equal(write, table.Decide(AccessOperation.Write, 0x40, 4, Callers.Setpci).Decision);
        ClaimTable shadow = ClaimTable.Create([Make(0x40, 4, mode: EnforcementMode.Shadow, onRead: action, onWrite: action)]);
        Assert.Equal(Decision.WouldRefuse, shadow.Decide(AccessOperation.Read, 0x40, 4, Callers.Setpci).Decision);
    }

    [Fact]
    public void Decide_Virtualise_NeedsAMailbox()
    {
        ClaimTable table = ClaimTable.Create([Make(0x158, 16, onWrite: ClaimAction.Virtualise, region: RegionKind.Doe)]);
        Assert.Equal(Decision.Virtualise, table.Decide(AccessOperation.Write, 0x158, 4, Callers.Setpci).Decision);
    }

    [Fact]
    public void Decide_SeveralActionsInOneAccess_TheStrongestWins()
    {
        ClaimTable table = ClaimTable.Create(
            [Make(0x40, 4, onRead: ClaimAction.Cached), Make(0x44, 4, onRead: ClaimAction.Ones), Make(0x48, 4, onRead: ClaimAction.Wait), Make(0x4c, 4, onRead: ClaimAction.Refuse)]);
        Decision Of(int length) => table.Decide(AccessOperation.Read, 0x40, length, Callers.Setpci).Decision;
        Assert.Equal([Decision.Cached, Decision.Ones, Decision.Wait, Decision.Refuse], [Of(4), Of(5), Of(9), Of(13)]);
    }

    [Fact]
    public void Decide_SharedClaims_LetEachOthersHoldersPassAndNobodyElse()
    {
        ClaimTable table = ClaimTable.Create(
            [Make(0x40, 4, ClaimSource.Local, process: Callers.Flash, shared: true), Make(0x40, 4, ClaimSource.Local, process: Callers.User, shared: true)]);
        Assert.Equal(Decision.Allow, table.Decide(AccessOperation.Write, 0x40, 4, Callers.Flash).Decision);
        Assert.Equal(Decision.Allow, table.Decide(AccessOperation.Write, 0x40, 4, Callers.User).Decision);
        Assert.Equal(Decision.Refuse, table.Decide(AccessOperation.Write, 0x40, 4, Callers.Setpci).Decision);
    }

    [Fact]
    public void Decide_LocalClaimThatAllows_OpensNothingToOthers()
    {
        ClaimTable table = ClaimTable.Create([Make(0x40, 4), Make(0x40, 4, ClaimSource.Local, onWrite: ClaimAction.Allow, process: Callers.Flash)]);
        Assert.Equal(Decision.Allow, table.Decide(AccessOperation.Write, 0x40, 4, Callers.Flash).Decision);
        Assert.Equal(Decision.Refuse, table.Decide(AccessOperation.Write, 0x40, 4, Callers.Setpci).Decision);
    }

    [Fact]
    public void Decide_Lease_LetsItsCallersThroughAndNobodyElse()
    {
        Claim lease = Make(0x40, 4, ClaimSource.Lease, onWrite: ClaimAction.Allow, allow: [new CallerRule { Exe = Callers.Setpci.Exe, Write = true }]);
        ClaimTable table = ClaimTable.Create([Make(0x40, 8), Make(0x40, 4, ClaimSource.Local, process: Callers.Flash), lease]);
        Assert.Equal(new Verdict(Decision.Allow, lease), table.Decide(AccessOperation.Write, 0x40, 4, Callers.Setpci));
        Assert.Equal(Decision.Refuse, table.Decide(AccessOperation.Write, 0x40, 5, Callers.Setpci).Decision);
        Assert.Equal(Decision.Refuse, table.Decide(AccessOperation.Write, 0x40, 4, Callers.User).Decision);
    }

    [Fact]
    public void Decide_AllowListByHashOrContainer_NeedsThem()
    {
        string hash = new('a', 64);
        ClaimTable table = ClaimTable.Create([Make(
            0x40, 4, ClaimSource.Policy, allow: [new CallerRule { ExeHash = hash, Write = true }, new CallerRule { Container = "c0ffee", Write = true }])]);
        Decision Of(Caller caller) => table.Decide(AccessOperation.Write, 0x40, 4, caller).Decision;
        Assert.Equal(
            [Decision.Refuse, Decision.Allow, Decision.Refuse, Decision.Allow, Decision.Refuse],
            [Of(Callers.Setpci), Of(Callers.Setpci with { ExeHash = hash }), Of(Callers.Setpci with { ExeHash = new('b', 64) }),
                Of(Callers.Setpci with { Container = "c0ffee" }), Of(Callers.Setpci with { Container = "c0ffe" })]);
    }

    [Fact]
    public void Decide_ThousandClaims_AllocatesNothing()
    {
        ClaimTable table = ClaimTable.Create(Enumerable.Range(0, 1000).Select(i => Make(i * 4, 3)));
        table.Decide(AccessOperation.Write, 0, 4, Callers.Setpci);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            table.Decide(AccessOperation.Write, (i * 4) + 3, 1, Callers.Setpci);
            table.Decide(AccessOperation.Read, 0, 4096, Callers.Setpci);
            table.Decide(AccessOperation.Write, i * 4, 4, Callers.Setpci);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static string? Holder(ClaimTable table, int offset) => table.Decide(AccessOperation.Write, offset, 1, Callers.Setpci).Claim?.Facts.Holder;

    internal static Claim Make(
        int offset,
        int length,
        ClaimSource source = ClaimSource.Default,
        EnforcementMode mode = EnforcementMode.Enforce,
        int priority = 0,
        ClaimAction onRead = ClaimAction.Allow,
        ClaimAction onWrite = ClaimAction.Refuse,
        string? holder = null,
        CallerRule[]? allow = null,
        Caller? process = null,
        bool shared = false,
        RegionKind region = RegionKind.Range) => new()
        {
            Facts = new ClaimFacts
            {
                Id = $"c{Interlocked.Increment(ref _next)}",
                Function = PciAddress.Parse("0000:01:00.0"),
                Offset = offset,
                Length = length,
                Holder = holder ?? (source is ClaimSource.Local ? "local" : "broker"),
                Source = source,
                Mode = mode,
                OnRead = onRead,
                OnWrite = onWrite,
                Shared = shared,
                Since = default,
            },
            Region = region,
            Priority = priority,
            Allow = [.. allow ?? []],
            Process = process,
        };
}
