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

            if (policy.Mode is EnforcementMode.Unknown || policy.OnAgentLoss is AgentLossAction.Unknown)
            {
                problems.Add($"Policy {policy.Name} r{policy.Revision}: its mode or onAgentLoss is of a later version; upgrade the agent.");
            }

            for (int i = 0; i < policy.Claims.Count; i++)
            {
                problems.AddRange(Problems(policy.Claims[i]).Select(problem => $"Policy {policy.Name} r{policy.Revision}, claim {i + 1}: {problem}"));
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

    /// <summary>Makes the table; regions that the function does not have claim nothing.</summary>
    /// <param name="function">The function, with its capabilities and mailboxes.</param>
    /// <param name="policies">The policies in force on the host.</param>
    /// <param name="local">Local claims that have not ended; those of other functions are ignored.</param>
    /// <param name="ceiling">The host's ceiling: no claim acts further.</param>
    /// <param name="now">Now: since when new claims are in force.</param>
    /// <param name="previous">The table that this one replaces; claims that go on keep their beginning.</param>
    /// <param name="leases">Leases that have not ended; those of other functions are ignored.</param>
    /// <exception cref="PolicyException">A policy cannot be compiled.</exception>
    public static ClaimTable Compile(
        FunctionFacts function,
        IReadOnlyList<CompiledPolicy> policies,
        IReadOnlyList<LocalClaim> local,
        EnforcementMode ceiling,
        DateTimeOffset now,
        ClaimTable? previous = null,
        IReadOnlyList<Lease>? leases = null)
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
            .Concat(local.Where(l => l.Facts.Function == function.Address).Select(l => OfProcess(l, ceiling)))
            .Concat((leases ?? []).Where(l => l.Function is null || l.Function == function.Address).SelectMany(l => OfLease(function, l)));
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
                OnWrite = ClaimAction.Virtualise,
                Reason = "A DOE mailbox has one initiator at a time; the broker gives each tool registers of its own.",
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
                WaitMilliseconds = claim.OnRead is ClaimAction.Wait || claim.OnWrite is ClaimAction.Wait
                    ? claim.WaitMilliseconds ?? ClaimActions.DefaultWaitMilliseconds
                    : null,
                Shared = claim.Shared,
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
        Region = local.Region,
        Process = local.Process,
    };

    // A lease is no policy: the host's ceiling limits what is done to callers, not what they are let through.
    private static IEnumerable<Claim> OfLease(FunctionFacts function, Lease lease) => Regions.Resolve(lease.Region, function).Select(region => new Claim
    {
        Facts = new ClaimFacts
        {
            Id = Identity("lease." + lease.Id, function.Address, region),
            Function = function.Address,
            Offset = region.Offset,
            Length = region.Length,
            Holder = lease.Holder,
            Source = ClaimSource.Lease,
            Mode = EnforcementMode.Enforce,
            OnRead = ClaimAction.Allow,
            OnWrite = ClaimAction.Allow,
            Shared = true,
            Reason = lease.Reason,
            Since = lease.Since,
            Expires = lease.Expires,
        },
        Region = region.Kind,
        Allow = lease.Callers is null ? [] : [lease.Callers],
        Process = lease.Process,
        Lease = lease,
    });

    private static IEnumerable<string> Problems(CompiledClaim claim)
    {
        string?[] found =
        [
            Regions.Problem(claim.Region),
            ClaimActions.Problem(claim.OnRead, claim.OnWrite, claim.WaitMilliseconds),
            claim is { OnWrite: ClaimAction.Virtualise, Region.Doe: null } ? "onWrite: virtualise is for the registers of mailboxes; the region must be doe: registers." : null,
            .. claim.Allow.Select(ClaimActions.Problem),
        ];
        return found.OfType<string>();
    }

    private static EnforcementMode Lower(EnforcementMode left, EnforcementMode right) => left < right ? left : right;

    private static string Identity(string origin, PciAddress address, Region region) =>
        string.Create(CultureInfo.InvariantCulture, $"{origin}@{address}/{region.Offset:x3}+{region.Length:x}");
}
