using System.Globalization;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Policy;

/// <summary>Makes the claim table of one function from default, policy and local claims.</summary>
public static class ClaimCompiler
{
    /// <summary>Most claims one function can have; policies that make more are refused.</summary>
    public const int MaxClaims = 4_096;

    /// <summary>Everything that keeps policies from being compiled, one sentence each; empty when nothing does.</summary>
    public static IReadOnlyList<string> Check(IReadOnlyList<CompiledPolicy> policies)
    {
        ArgumentNullException.ThrowIfNull(policies);
        List<string> problems = [];
        foreach (CompiledPolicy policy in policies)
        {
            if (!Selector.TryParse(policy.Functions, Selectables.LocalFunctionFields, out _, out SelectorError? error))
            {
                problems.Add($"Policy {policy.Name} r{policy.Revision}: the function selector is wrong at {error.Value.Position + 1}: {error.Value.Message}");
            }

            for (int i = 0; i < policy.Claims.Count; i++)
            {
                if (Regions.Problem(policy.Claims[i].Region) is { } problem)
                {
                    problems.Add($"Policy {policy.Name} r{policy.Revision}, claim {i + 1}: {problem}");
                }
            }
        }

        problems.AddRange(policies.GroupBy(p => p.Name, StringComparer.Ordinal).Where(g => g.Count() > 1)
            .Select(g => $"Policy {g.Key} is assigned {g.Count()} times; expected once."));
        if (policies.Sum(p => (long)p.Claims.Count) > MaxClaims)
        {
            problems.Add($"The policies make more than {MaxClaims} claims; make fewer.");
        }

        return problems;
    }

    /// <summary>Makes the table. Local claims past their end are left out; regions that the function does not have claim nothing.</summary>
    /// <param name="function">The function, with its capabilities and mailboxes.</param>
    /// <param name="policies">The policies in force on the host.</param>
    /// <param name="local">Local claims; those of other functions are ignored.</param>
    /// <param name="ceiling">The host's ceiling: no claim acts further.</param>
    /// <param name="now">Now: since when new claims are in force.</param>
    /// <param name="previous">The table that this one replaces; claims that go on keep their beginning.</param>
    /// <exception cref="PolicyException">A policy cannot be compiled.</exception>
    public static ClaimTable Compile(
        FunctionFacts function,
        IReadOnlyList<CompiledPolicy> policies,
        IReadOnlyList<LocalClaim> local,
        EnforcementMode ceiling,
        DateTimeOffset now,
        ClaimTable? previous = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(local);
        IReadOnlyList<string> problems = Check(policies);
        if (problems.Count > 0)
        {
            throw new PolicyException(problems);
        }

        Dictionary<string, DateTimeOffset> since = (previous?.Claims ?? []).ToDictionary(c => c.Facts.Id, c => c.Facts.Since);
        IEnumerable<Claim> claims = Defaults(function, ceiling)
            .Concat(policies.SelectMany(p => OfPolicy(function, p, ceiling)))
            .Select(c => (c, begin: since.GetValueOrDefault(c.Facts.Id, now)))
            .Select(x => new Claim
            {
                Facts = x.c.Facts with { Since = x.begin },
                Region = x.c.Region,
                Priority = x.c.Priority,
                Allow = x.c.Allow,
            })
            .Concat(local.Where(l => l.Facts.Function == function.Address && !(l.Facts.Expires <= now)).Select(l => OfProcess(l, ceiling)));
        return ClaimTable.Create(claims.Take(MaxClaims));
    }

    private static IEnumerable<Claim> Defaults(FunctionFacts function, EnforcementMode ceiling) =>
        Regions.Mailboxes(function).Select(region => new Claim
        {
            Facts = new ClaimFacts
            {
                Id = Identity("default", function.Address, region),
                Function = function.Address,
                Offset = region.Offset,
                Length = region.Length,
                Holder = "broker",
                Source = ClaimSource.Default,
                Mode = ceiling,
                OnRead = ClaimAction.Allow,
                OnWrite = ClaimAction.Refuse,
                Reason = "A DOE mailbox has one initiator at a time; the broker serialises them.",
                Since = default,
            },
            Region = RegionKind.Doe,
        });

    private static IEnumerable<Claim> OfPolicy(FunctionFacts function, CompiledPolicy policy, EnforcementMode ceiling)
    {
        if (!Selector.TryParse(policy.Functions, Selectables.LocalFunctionFields, out Selector? selector, out _)
            || !selector.Matches(Selectables.Of(function)))
        {
            return [];
        }

        return policy.Claims.SelectMany((claim, index) => Regions.Resolve(claim.Region, function).Select(region => new Claim
        {
            Facts = new ClaimFacts
            {
                Id = Identity(string.Create(CultureInfo.InvariantCulture, $"{policy.Name}.r{policy.Revision}.{index + 1}"), function.Address, region),
                Function = function.Address,
                Offset = region.Offset,
                Length = region.Length,
                Holder = claim.Holder,
                Source = ClaimSource.Policy,
                Mode = Lower(policy.Mode, ceiling),
                OnRead = claim.OnRead,
                OnWrite = claim.OnWrite,
                Policy = string.Create(CultureInfo.InvariantCulture, $"{policy.Name} r{policy.Revision}"),
                Since = default,
            },
            Region = region.Kind,
            Priority = policy.Priority,
            Allow = [.. claim.Allow],
        }));
    }

    private static Claim OfProcess(LocalClaim local, EnforcementMode ceiling) => new()
    {
        Facts = local.Facts with { Mode = Lower(local.Facts.Mode, ceiling) },
        Region = RegionKind.Range,
        Process = local.Process,
    };

    private static EnforcementMode Lower(EnforcementMode left, EnforcementMode right) => left < right ? left : right;

    private static string Identity(string origin, PciAddress address, Region region) =>
        string.Create(CultureInfo.InvariantCulture, $"{origin}@{address}/{region.Offset:x3}+{region.Length:x}");
}
