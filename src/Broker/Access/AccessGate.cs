using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Policy;

namespace Fleet.Broker;

/// <summary>
/// The single entrance to configuration space: decide, execute, journal. No lock and no allocation on the way of an access
/// that is allowed; whoever has a BrokeredFunction has nothing but this to reach its space.
/// </summary>
/// <param name="journal">Counts every access.</param>
/// <param name="counters">Counts them for metrics.</param>
/// <param name="contention">Tells of those that met a claim.</param>
/// <param name="virtuals">Keeps registers of callers' own.</param>
/// <param name="traffic">Sees what passes to a mailbox beside its queue.</param>
/// <param name="leased">Counts those that passed by a lease.</param>
/// <param name="time">The clock of those that wait.</param>
internal sealed class AccessGate(
    AccessJournal journal, BrokerCounters counters, ContentionReporter contention, IVirtualMailboxes virtuals, MailboxTraffic traffic,
    Action<Lease> leased, TimeProvider time)
{
    private static readonly TimeSpan Noticeable = TimeSpan.FromMilliseconds(10);

    public AccessResult Read(BrokeredFunction function, int offset, Span<byte> destination, Caller caller)
    {
        if (Unreachable(function, offset) is { } status)
        {
            return new AccessResult(status, 0);
        }

        FunctionState state = InTurn(function);
        Verdict verdict = state.Table.Decide(AccessOperation.Read, offset, destination.Length, caller);
        return verdict.Decision is Decision.Wait
            ? Park(function, state, AccessOperation.Read, offset, new byte[destination.Length], verdict, caller)
            : ExecuteRead(function, state, offset, destination, verdict, caller, null);
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

        FunctionState state = InTurn(function);
        Verdict verdict = state.Table.Decide(AccessOperation.Write, offset, source.Length, caller);
        return verdict.Decision is Decision.Wait
            ? Park(function, state, AccessOperation.Write, offset, source.ToArray(), verdict, caller)
            : ExecuteWrite(function, state, offset, source, verdict, caller, null);
    }

    /// <summary>The function's claims changed: what waited for them goes on, in the order it came, as far as the new ones let it.</summary>
    public void Continue(BrokeredFunction function)
    {
        lock (function.Line.Turn)
        {
            function.Line.Seen = function.State.Generation;
            foreach (WaitingAccess waiting in function.Line.InOrder())
            {
                FunctionState state = function.State;
                Verdict verdict = state.Table.Decide(waiting.Parked.Operation, waiting.Offset, waiting.Data.Length, waiting.Caller);
                if (verdict.Decision is not Decision.Wait && waiting.Parked.TryRun())
                {
                    AccessResult result = waiting.Parked.Operation is AccessOperation.Write
                        ? ExecuteWrite(function, state, waiting.Offset, waiting.Data, verdict, waiting.Caller, waiting)
                        : ExecuteRead(function, state, waiting.Offset, waiting.Data, verdict, waiting.Caller, waiting);
                    Finish(waiting, result);
                }
            }
        }
    }

    /// <summary>A read of the broker itself, which holds what it drives: no claim is asked, the journal knows it all the same.</summary>
    public ConfigResult ReadAsHolder(BrokeredFunction function, int offset, Span<byte> destination, Caller caller)
    {
        if (function.Detached)
        {
            return ConfigResult.Failed(ConfigStatus.Gone);
        }

        ConfigResult result = function.Space.Read(offset, destination);
        if (result.Status is ConfigStatus.Done)
        {
            function.Remember(offset, destination[..result.Count]);
        }

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

    public static AccessResult Translate(ConfigResult result) => result.Status switch
    {
        ConfigStatus.Done => new AccessResult(AccessStatus.Done, result.Count),
        ConfigStatus.Gone => new AccessResult(AccessStatus.Gone, 0),
        ConfigStatus.ReadOnly => new AccessResult(AccessStatus.ReadOnly, 0),
        ConfigStatus.Denied => new AccessResult(AccessStatus.Denied, 0),
        ConfigStatus.OutOfRange => new AccessResult(AccessStatus.OutOfRange, 0),
        _ => new AccessResult(AccessStatus.Failed, 0),
    };

    private static AccessStatus? Unreachable(BrokeredFunction function, int offset) =>
        function.Detached ? AccessStatus.Gone : offset < 0 || offset > function.Size ? AccessStatus.OutOfRange : null;

    /// <summary>The claims to decide by. What waited and may go on now goes first, or a newcomer would overtake it.</summary>
    private FunctionState InTurn(BrokeredFunction function)
    {
        if (!function.Line.IsEmpty && function.Line.Seen != function.State.Generation)
        {
            Continue(function);
        }

        return function.State;
    }

    private AccessResult ExecuteRead(
        BrokeredFunction function, FunctionState state, int offset, Span<byte> destination, Verdict verdict, Caller caller, WaitingAccess? waited)
    {
        AccessResult result = new(AccessStatus.Refused, 0);
        if (verdict.Decision is not Decision.Refuse && virtuals.Covers(caller, function, offset, destination.Length))
        {
            result = virtuals.Read(function, offset, destination, caller);
            verdict = verdict with { Decision = Decision.Virtualise };
        }
        else if (verdict.Decision is Decision.Ones or Decision.Cached)
        {
            result = new ComposedRead(function, state, caller).Read(offset, destination);
            verdict = result.Status is AccessStatus.Refused ? verdict with { Decision = Decision.Refuse } : verdict;
        }
        else if (verdict.Decision is not Decision.Refuse)
        {
            result = virtuals.ReadReal(function, offset, destination, caller);
            MailboxTraffic.Read(function, offset, destination, caller);
            if (result.Status is AccessStatus.Done)
            {
                function.Remember(offset, destination[..result.Count]);
            }
        }

        Record(function, state, AccessOperation.Read, offset, destination.Length, verdict, caller, waited);
        return result;
    }

    private AccessResult ExecuteWrite(
        BrokeredFunction function, FunctionState state, int offset, ReadOnlySpan<byte> source, Verdict verdict, Caller caller, WaitingAccess? waited)
    {
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

        Record(function, state, AccessOperation.Write, offset, source.Length, verdict, caller, waited);
        return result;
    }

    private AccessResult Park(
        BrokeredFunction function, FunctionState state, AccessOperation operation, int offset, byte[] data, Verdict verdict, Caller caller)
    {
        ParkedAccess parked = new(operation, data.Length, verdict.Claim!.Wait, time);
        WaitingAccess waiting = new(parked, offset, data, caller, verdict.Claim, time.GetTimestamp());
        if (!function.Line.TryAdd(waiting))
        {
            parked.Cancel(AccessStatus.Refused);
            Record(function, state, operation, offset, data.Length, verdict with { Decision = Decision.Refuse }, caller, null);
            return parked.Result;
        }

        parked.Subscribe(_ => function.Line.Remove(waiting));
        parked.Subscribe(ended => Abandoned(function, waiting, ended));

        // The claims may have changed, or the function gone, between deciding and joining the line.
        if (function.Detached)
        {
            parked.Cancel(AccessStatus.Gone);
        }
        else if (function.State.Generation != state.Generation)
        {
            Continue(function);
        }

        return new AccessResult(AccessStatus.Parked, 0, parked);
    }

    /// <summary>Ends what waited. A mailbox may park it once more, until its exchange begins.</summary>
    private static void Finish(WaitingAccess waiting, AccessResult result)
    {
        if (result.Parked is { } again)
        {
            again.Subscribe(ended => waiting.Parked.Complete(ended.Result, ended.Data));
        }
        else
        {
            waiting.Parked.Complete(result, waiting.Parked.Operation is AccessOperation.Read ? waiting.Data.AsMemory(0, result.Count) : default);
        }
    }

    /// <summary>What waited ended without being carried out: its time was up, or its caller gave up.</summary>
    private void Abandoned(BrokeredFunction function, WaitingAccess waiting, ParkedAccess ended)
    {
        if (!ended.WasRun && ended.Result.Status is not AccessStatus.Gone)
        {
            Verdict verdict = new(ended.Result.Status is AccessStatus.Refused ? Decision.Refuse : Decision.Wait, waiting.Claim);
            Record(function, function.State, ended.Operation, waiting.Offset, ended.Length, verdict, waiting.Caller, waiting);
        }
    }

    private void Record(
        BrokeredFunction function, FunctionState state, AccessOperation operation, int offset, int length, Verdict verdict, Caller caller,
        WaitingAccess? waited = null)
    {
        TimeSpan wait = waited is null ? TimeSpan.Zero : time.GetElapsedTime(waited.Began);
        if (waited is not null && verdict.Decision is Decision.Allow)
        {
            verdict = new Verdict(Decision.Wait, waited.Claim);
        }

        counters.Access(operation, verdict.Decision);
        journal.Record(function.Address, offset, length, operation, verdict.Decision, state.Generation, caller);
        if (verdict is { Decision: Decision.Allow, Claim.Lease: { } lease })
        {
            leased(lease);
        }

        if (verdict.IsContention || verdict.Decision is Decision.ReadOnly || (verdict.Decision is Decision.Wait && wait > Noticeable))
        {
            Tell(function, operation, offset, length, verdict, caller, waited is null ? null : new Waited(wait, waited.Parked.Result.Status));
        }
    }

    private void Tell(
        BrokeredFunction function, AccessOperation operation, int offset, int length, in Verdict verdict, Caller caller, Waited? waited)
    {
        if (verdict is { Decision: not Decision.ReadOnly, Claim: { } claim })
        {
            counters.Conflict(claim.Region, verdict.Decision);
        }

        contention.Report(
            new ContentionKey(caller.Pid, caller.StartTime, function.Address, offset, length, operation, verdict.Decision), verdict.Claim, caller, waited);
    }
}
