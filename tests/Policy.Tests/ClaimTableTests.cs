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

    [Fact]
    public void Decide_RandomTables_AgreesWithTheNaiveModel()
    {
        Random random = new(7);
        Caller[] callers = [Callers.Setpci, Callers.Flash, Callers.User];
        for (int round = 0; round < 400; round++)
        {
            Claim[] claims = [.. Enumerable.Range(0, random.Next(12)).Select(_ => RandomClaim(random, callers))];
            ClaimTable table = ClaimTable.Create(claims);
            for (int i = 0; i < 60; i++)
            {
                AccessOperation operation = (AccessOperation)random.Next(2);
                int offset = random.Next(70);
                int length = random.Next(20);
                Caller caller = callers[random.Next(callers.Length)];
                Verdict verdict = table.Decide(operation, offset, length, caller);
                Assert.Equal(Naive(claims, operation, offset, length, caller), verdict.Decision);
                Assert.True(verdict.Decision is Decision.Allow || verdict.Claim!.Forbids(operation, caller));
            }
        }
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

    /// <summary>The docstring of ClaimTable, byte by byte and mode by mode.</summary>
    private static Decision Naive(Claim[] claims, AccessOperation operation, int offset, int length, Caller caller)
    {
        bool Forbidden(EnforcementMode least) => Enumerable.Range(offset, length).Any(at =>
        {
            Claim[] here = [.. claims.Where(c => c.Facts.Mode >= least && c.Facts.Offset <= at && at < c.Facts.Offset + c.Facts.Length)];
            int Order(Claim c) => c.Facts.Source switch { ClaimSource.Local => 100_000, ClaimSource.Policy => 1 + c.Priority, _ => 0 };
            return here.Any(c => Order(c) == here.Max(Order) && c.Forbids(operation, caller));
        });

        return Forbidden(EnforcementMode.Enforce) ? Decision.Refuse : Forbidden(EnforcementMode.Shadow) ? Decision.WouldRefuse : Decision.Allow;
    }

    private static Claim RandomClaim(Random random, Caller[] callers)
    {
        ClaimSource source = (ClaimSource)random.Next(3);
        return Make(
            random.Next(64), random.Next(1, 16), source, (EnforcementMode)random.Next(3), source is ClaimSource.Policy ? random.Next(3) : 0,
            (ClaimAction)random.Next(2), (ClaimAction)random.Next(2),
            allow: source is ClaimSource.Policy && random.Next(2) is 0 ? [new CallerRule { Exe = callers[random.Next(3)].Exe, Write = random.Next(2) is 0 }] : [],
            process: source is ClaimSource.Local ? callers[random.Next(3)] : null);
    }

    private static string? Holder(ClaimTable table, int offset) => table.Decide(AccessOperation.Write, offset, 1, Callers.Setpci).Claim?.Facts.Holder;

    private static Claim Make(
        int offset,
        int length,
        ClaimSource source = ClaimSource.Default,
        EnforcementMode mode = EnforcementMode.Enforce,
        int priority = 0,
        ClaimAction onRead = ClaimAction.Allow,
        ClaimAction onWrite = ClaimAction.Refuse,
        string? holder = null,
        CallerRule[]? allow = null,
        Caller? process = null) => new()
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
                Since = default,
            },
            Region = RegionKind.Range,
            Priority = priority,
            Allow = [.. allow ?? []],
            Process = process,
        };
}
