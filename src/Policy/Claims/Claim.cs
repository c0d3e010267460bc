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

    /// <summary>Callers of a policy who are not "others".</summary>
    public ImmutableArray<CallerRule> Allow { get; init; } = [];

    /// <summary>The process that holds a local claim; null for others.</summary>
    public Caller? Process { get; init; }

    /// <summary>First byte after the region.</summary>
    public int End => Facts.Offset + Facts.Length;

    /// <summary>What an event says of it.</summary>
    public ClaimReference Reference => new(Facts.Holder, Facts.Source, Facts.Offset, Facts.Length);

    /// <summary>Local above policy, policy by priority, default last: one number, higher governs.</summary>
    internal int Rank => Facts.Source switch
    {
        ClaimSource.Local => int.MaxValue,
        ClaimSource.Policy => 1 + Priority,
        _ => 0,
    };

    /// <summary>Whether the claim forbids this to the caller, leaving the mode aside.</summary>
    public bool Forbids(AccessOperation operation, Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        bool write = operation is AccessOperation.Write;
        return (write ? Facts.OnWrite : Facts.OnRead) is ClaimAction.Refuse && !IsHolder(caller) && !Allows(write, caller);
    }

    /// <summary>Whether the caller is the process that holds it. A process is named by pid and start time, as pids come back.</summary>
    public bool IsHolder(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return Process is { } process && process.Pid == caller.Pid && process.StartTime == caller.StartTime;
    }

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
        (rule.Exe is not null || rule.Uid is not null || rule.Unit is not null)
        && (rule.Exe is null || string.Equals(rule.Exe, caller.Exe, StringComparison.Ordinal))
        && (rule.Uid is null || rule.Uid == caller.Uid)
        && (rule.Unit is null || string.Equals(rule.Unit, caller.Unit, StringComparison.Ordinal));
}
