using Fleet.Contracts;

namespace Fleet.Policy.Tests;

/// <summary>The table against a model that looks at each byte and each claim and knows no intervals.</summary>
public sealed class ClaimTableModelTests
{
    private const int Tables = 1_500;
    private const int Accesses = 50;
    private const int Bytes = 72;

    private static readonly string[] Hashes = [new('a', 64), new('b', 64)];

    private static readonly Caller[] People =
    [
        Callers.Setpci, Callers.Flash with { ExeHash = Hashes[0] }, Callers.User with { Container = "c1" },
        Callers.Flash with { Pid = 201, ExeHash = Hashes[1] },
    ];

    // From the one that lets most through to the one that lets least.
    private static readonly Decision[] Order =
        [Decision.Allow, Decision.Virtualise, Decision.Cached, Decision.Ones, Decision.Wait, Decision.Refuse];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Decide_RandomTables_AgreesWithTheNaiveModel(int seed)
    {
        Random random = new(seed);
        int[] seen = new int[(int)Decision.Virtualise + 1];
        int leased = 0;
        for (int round = 0; round < Tables; round++)
        {
            Claim[] claims = [.. Enumerable.Range(0, random.Next(12)).Select(_ => RandomClaim(random))];
            ClaimTable table = ClaimTable.Create(claims);
            for (int i = 0; i < Accesses; i++)
            {
                AccessOperation operation = (AccessOperation)random.Next(2);
                int offset = random.Next(Bytes);
                int length = random.Next(20);
                Caller caller = People[random.Next(People.Length)];
                Verdict verdict = table.Decide(operation, offset, length, caller);
                Decision expected = Naive(claims, operation is AccessOperation.Write, offset, length, caller);
                Assert.True(
                    expected == verdict.Decision,
                    $"Seed {seed}, table {round}, access {i}: {operation} 0x{offset:x}+{length} by {caller.Pid}: {verdict.Decision}, the model says {expected}.");
                Assert.True(verdict.Decision is Decision.Allow || verdict.Claim!.Forbids(operation, caller));
                seen[(int)verdict.Decision]++;
                leased += verdict is { Decision: Decision.Allow, Claim.Facts.Source: ClaimSource.Lease } ? 1 : 0;
            }
        }

        // Agreement says nothing of what never came up.
        Assert.All(Order.Append(Decision.WouldRefuse), decision => Assert.True(seen[(int)decision] > 100, $"{decision}: {seen[(int)decision]}"));
        Assert.True(leased > 100);
    }

    private static Decision Naive(Claim[] claims, bool write, int offset, int length, Caller caller)
    {
        Decision Ask(EnforcementMode least) => Enumerable.Range(offset, length)
            .Select(at => OfByte([.. claims.Where(c => c.Facts.Offset <= at && at < c.Facts.Offset + c.Facts.Length)], least, write, caller))
            .Aggregate(Decision.Allow, Stronger);

        Decision enforced = Ask(EnforcementMode.Enforce);
        return enforced is not Decision.Allow ? enforced : Ask(EnforcementMode.Shadow) is not Decision.Allow ? Decision.WouldRefuse : Decision.Allow;
    }

    private static Decision OfByte(Claim[] here, EnforcementMode least, bool write, Caller caller)
    {
        if (here.Any(c => c.Facts.Source is ClaimSource.Lease && (c.Process is null ? IsListed(c, write, caller) : Holds(c, caller) && !write)))
        {
            return Decision.Allow;
        }

        Claim[] asked = [.. here.Where(c => c.Facts.Mode >= least)];
        Claim[] local = [.. asked.Where(c => c.Facts.Source is ClaimSource.Local)];
        bool shares = local.Any(c => c.Facts.Shared && Holds(c, caller));
        Claim[] others = [.. local.Where(c => !Holds(c, caller) && !(shares && c.Facts.Shared))];
        int Rank(Claim c) => c.Facts.Source is ClaimSource.Policy ? 1 + c.Priority : 0;
        Claim[] below = [.. asked.Where(c => c.Facts.Source is ClaimSource.Policy or ClaimSource.Default)];
        Claim[] highest = local.Any(c => Holds(c, caller)) ? [] : [.. below.Where(c => Rank(c) == below.Max(Rank))];
        return others.Concat(highest).Select(c => OfClaim(c, write, caller)).Aggregate(Decision.Allow, Stronger);
    }

    private static Decision OfClaim(Claim claim, bool write, Caller caller)
    {
        ClaimAction action = write ? claim.Facts.OnWrite : claim.Facts.OnRead;
        bool possible = write ? action is not (ClaimAction.Ones or ClaimAction.Cached) : action is not ClaimAction.Virtualise;
        return action is ClaimAction.Allow || IsListed(claim, write, caller) ? Decision.Allow
            : !possible || (action is ClaimAction.Virtualise && claim.Region is not RegionKind.Doe) ? Decision.Refuse
            : Enum.Parse<Decision>(action.ToString());
    }

    private static bool IsListed(Claim claim, bool write, Caller caller) => claim.Allow.Any(rule =>
        (!write || rule.Write) && (rule.Exe ?? caller.Exe) == caller.Exe && (rule.ExeHash ?? caller.ExeHash) == caller.ExeHash
        && (rule.Uid ?? caller.Uid) == caller.Uid && (rule.Unit ?? caller.Unit) == caller.Unit && (rule.Container ?? caller.Container) == caller.Container);

    private static bool Holds(Claim claim, Caller caller) => claim.Process is { } p && (p.Pid, p.StartTime) == (caller.Pid, caller.StartTime);

    private static Decision Stronger(Decision left, Decision right) => Array.IndexOf(Order, left) >= Array.IndexOf(Order, right) ? left : right;

    private static Claim RandomClaim(Random random)
    {
        ClaimSource source = (ClaimSource)random.Next(4);
        bool lists = source is ClaimSource.Policy ? random.Next(2) is 0 : source is ClaimSource.Lease && random.Next(3) > 0;
        Caller? process = source is ClaimSource.Local || (source is ClaimSource.Lease && !lists) ? People[random.Next(People.Length)] : null;
        bool lease = source is ClaimSource.Lease;
        return ClaimTableTests.Make(
            random.Next(64), lease ? random.Next(1, 5) : random.Next(1, 16), source, lease ? EnforcementMode.Enforce : (EnforcementMode)random.Next(3),
            source is ClaimSource.Policy ? random.Next(3) : 0,
            lease ? ClaimAction.Allow : (ClaimAction)random.Next(6), lease ? ClaimAction.Allow : (ClaimAction)random.Next(6),
            allow: lists ? [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => RandomRule(random))] : [],
            process: process,
            shared: source is ClaimSource.Local && random.Next(2) is 0,
            region: random.Next(2) is 0 ? RegionKind.Doe : RegionKind.Range);
    }

    private static CallerRule RandomRule(Random random)
    {
        Caller caller = People[random.Next(People.Length)];
        bool write = random.Next(2) is 0;
        return random.Next(5) switch
        {
            0 => new CallerRule { Exe = caller.Exe, Write = write },
            1 => new CallerRule { ExeHash = Hashes[random.Next(2)], Write = write },
            2 => new CallerRule { Uid = caller.Uid, Exe = People[random.Next(People.Length)].Exe, Write = write },
            3 => new CallerRule { Unit = "flash.service", Write = write },
            _ => new CallerRule { Container = "c1", Write = write },
        };
    }
}
