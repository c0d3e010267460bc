using System.Collections.Immutable;
using Fleet.Contracts;

namespace Fleet.Policy;

/// <summary>A claim as the table holds it: what is reported of it, and what deciding needs besides.</summary>
public sealed class Claim
{
    /// <summary>What is reported of it. Its mode has the host's ceiling applied.</summary>
    public required ClaimFacts Facts { get; init; }

    /// <summary>What sort of region it covers.</summary>
    public required RegionKind Region { get; init; }

    /// <summary>Priority among claims of policies; 0 for others.</summary>
    public int Priority { get; init; }

    /// <summary>Callers of a policy who are not "others"; of a lease, those whom it lets through.</summary>
    public ImmutableArray<CallerRule> Allow { get; init; } = [];

    /// <summary>The process that holds a local claim, or the one whom a lease lets through; null for others.</summary>
    public Caller? Process { get; init; }

    /// <summary>The lease that this stands for on one function; null for a claim.</summary>
    public Lease? Lease { get; init; }

    /// <summary>First byte after the region.</summary>
    public int End => Facts.Offset + Facts.Length;

    /// <summary>How long an access waits for it.</summary>
    public TimeSpan Wait => TimeSpan.FromMilliseconds(Facts.WaitMilliseconds ?? ClaimActions.DefaultWaitMilliseconds);

    /// <summary>What an event says of it.</summary>
    public ClaimReference Reference => new(Facts.Holder, Facts.Source, Facts.Offset, Facts.Length);

    /// <summary>Local above policy, policy by priority, default last: one number, higher governs.</summary>
    internal int Rank => Facts.Source switch
    {
        ClaimSource.Lease or ClaimSource.Local => int.MaxValue,
        ClaimSource.Policy => 1 + Priority,
        _ => 0,
    };

    /// <summary>Which of two decisions wins where claims meet in one access: the one that lets less through.</summary>
    internal static int Strength(Decision decision) => decision switch
    {
        Decision.Refuse => 5,
        Decision.Wait => 4,
        Decision.Ones => 3,
        Decision.Cached => 2,
        Decision.Virtualise => 1,
        _ => 0,
    };

    /// <summary>Whether the claim keeps this from the caller in any way, leaving the mode aside.</summary>
    public bool Forbids(AccessOperation operation, Caller caller) =>
        !IsHolder(caller) && Decide(operation is AccessOperation.Write, caller) is not Decision.Allow;

    /// <summary>Whether the caller is the process that holds it. A process is named by pid and start time, as pids come back.</summary>
    public bool IsHolder(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return Process is { } process && process.Pid == caller.Pid && process.StartTime == caller.StartTime;
    }

    /// <summary>What the claim says of an access by somebody who does not hold it.</summary>
    internal Decision Decide(bool write, Caller caller)
    {
        Decision decision = ClaimActions.DecisionOf(write ? Facts.OnWrite : Facts.OnRead, write, Region);
        return decision is Decision.Allow || !Allows(write, caller) ? decision : Decision.Allow;
    }

    /// <summary>Whether a lease lets the caller through.</summary>
    internal bool LetsThrough(bool write, Caller caller) => Process is null ? Allows(write, caller) : IsHolder(caller) && (!write || Lease is { Write: true });

    private bool Allows(bool write, Caller caller)
    {
        foreach (CallerRule rule in Allow)
        {
            if ((rule.Write || !write) && Matches(rule, caller))
            {
                return true;
            }
        }

        return false;
    }

    // A rule that names nobody would let everybody in: it matches nobody instead.
    private static bool Matches(CallerRule rule, Caller caller) =>
        ClaimActions.NamesSomebody(rule)
        && (rule.Exe is null || string.Equals(rule.Exe, caller.Exe, StringComparison.Ordinal))
        && (rule.ExeHash is null || string.Equals(rule.ExeHash, caller.ExeHash, StringComparison.OrdinalIgnoreCase))
        && (rule.Uid is null || rule.Uid == caller.Uid)
        && (rule.Unit is null || string.Equals(rule.Unit, caller.Unit, StringComparison.Ordinal))
        && (rule.Container is null || string.Equals(rule.Container, caller.Container, StringComparison.Ordinal));
}
