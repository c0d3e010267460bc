using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Policy;

namespace Fleet.Broker;

/// <summary>
/// The single entrance to configuration space: decide, execute, journal. No lock and no allocation on the way of an access
/// that is allowed; whoever has a BrokeredFunction has nothing but this to reach its space.
/// </summary>
internal sealed class AccessGate(
    AccessJournal journal, BrokerCounters counters, ContentionReporter contention, IVirtualMailboxes virtuals, MailboxTraffic traffic)
{
    public AccessResult Read(BrokeredFunction function, int offset, Span<byte> destination, Caller caller)
    {
        if (Unreachable(function, offset) is { } status)
        {
            return new AccessResult(status, 0);
        }

        FunctionState state = function.State;
        Verdict verdict = state.Table.Decide(AccessOperation.Read, offset, destination.Length, caller);
        AccessResult result;
        if (verdict.Decision is Decision.Refuse)
        {
            result = new AccessResult(AccessStatus.Refused, 0);
        }
        else if (virtuals.Covers(caller, function, offset, destination.Length))
        {
            verdict = verdict with { Decision = Decision.Virtualise };
            result = virtuals.Read(function, offset, destination, caller);
        }
        else
        {
            result = virtuals.ReadReal(function, offset, destination, caller);
            MailboxTraffic.Read(function, offset, destination, caller);
        }

        Record(function, state, AccessOperation.Read, offset, destination.Length, verdict, caller);
        Tell(function, AccessOperation.Read, offset, destination.Length, verdict, caller);
        return result;
    }

    public AccessResult Write(BrokeredFunction function, int offset, ReadOnlySpan<byte> source, Caller caller)
    {
        if (Unreachable(function, offset) is { } status)
        {
            return new AccessResult(status, 0);
        }

        // A write that does not fit would reach the function in part: it is refused whole.
        if (source.Length > function.Size - offset)
        {
            return new AccessResult(AccessStatus.OutOfRange, 0);
        }

        FunctionState state = function.State;
        Verdict verdict = state.Table.Decide(AccessOperation.Write, offset, source.Length, caller);
        AccessResult result = new(AccessStatus.Refused, 0);
        if (verdict.Decision is Decision.Virtualise)
        {
            result = virtuals.Write(function, offset, source, caller);
            verdict = result.Status is AccessStatus.Refused ? verdict with { Decision = Decision.Refuse } : verdict;
        }
        else if (verdict.Decision is not Decision.Refuse)
        {
            traffic.Writes(function, offset, source, caller);
            result = Translate(function.Space.Write(offset, source));
            verdict = result.Status is AccessStatus.ReadOnly ? verdict with { Decision = Decision.ReadOnly } : verdict;
        }

        Record(function, state, AccessOperation.Write, offset, source.Length, verdict, caller);
        Tell(function, AccessOperation.Write, offset, source.Length, verdict, caller);
        return result;
    }

    /// <summary>A read of the broker itself, which holds what it drives: no claim is asked, the journal knows it all the same.</summary>
    public ConfigResult ReadAsHolder(BrokeredFunction function, int offset, Span<byte> destination, Caller caller)
    {
        if (function.Detached)
        {
            return ConfigResult.Failed(ConfigStatus.Gone);
        }

        ConfigResult result = function.Space.Read(offset, destination);
        Record(function, function.State, AccessOperation.Read, offset, destination.Length, default, caller);
        return result;
    }

    /// <summary>A write of the broker itself.</summary>
    public ConfigResult WriteAsHolder(BrokeredFunction function, int offset, ReadOnlySpan<byte> source, Caller caller)
    {
        if (function.Detached)
        {
            return ConfigResult.Failed(ConfigStatus.Gone);
        }

        ConfigResult result = function.Space.Write(offset, source);
        Verdict verdict = new(result.Status is ConfigStatus.ReadOnly ? Decision.ReadOnly : Decision.Allow, null);
        Record(function, function.State, AccessOperation.Write, offset, source.Length, verdict, caller);
        return result;
    }

    private static AccessStatus? Unreachable(BrokeredFunction function, int offset) =>
        function.Detached ? AccessStatus.Gone : offset < 0 || offset > function.Size ? AccessStatus.OutOfRange : null;

    public static AccessResult Translate(ConfigResult result) => result.Status switch
    {
        ConfigStatus.Done => new AccessResult(AccessStatus.Done, result.Count),
        ConfigStatus.Gone => new AccessResult(AccessStatus.Gone, 0),
        ConfigStatus.ReadOnly => new AccessResult(AccessStatus.ReadOnly, 0),
        ConfigStatus.Denied => new AccessResult(AccessStatus.Denied, 0),
        ConfigStatus.OutOfRange => new AccessResult(AccessStatus.OutOfRange, 0),
        _ => new AccessResult(AccessStatus.Failed, 0),
    };

    private void Record(
        BrokeredFunction function, FunctionState state, AccessOperation operation, int offset, int length, in Verdict verdict, Caller caller)
    {
        counters.Access(operation, verdict.Decision);
        journal.Record(function.Address, offset, length, operation, verdict.Decision, state.Generation, caller);
    }

    private void Tell(BrokeredFunction function, AccessOperation operation, int offset, int length, in Verdict verdict, Caller caller)
    {
        if (verdict.Decision is Decision.Allow or Decision.Virtualise)
        {
            return;
        }

        if (verdict is { IsContention: true, Claim: { } claim })
        {
            counters.Conflict(claim.Region, verdict.Decision);
        }

        contention.Report(new ContentionKey(caller.Pid, caller.StartTime, function.Address, offset, length, operation, verdict.Decision), verdict.Claim, caller);
    }
}
