using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Broker;

/// <summary>
/// One host's broker, without a machine. In this room: Claims (who owns what), Mailboxes (exchanges in turn, registers to oneself),
/// Access (decide, execute, journal: the only way to a function), Bypass (what sensors saw go around it), Journal (what was
/// accessed), Metrics.
/// </summary>
public sealed partial class HostBroker : IDisposable
{
    // On no allow list and holder of nothing: the start time tells it from every process.
    private static readonly Caller Nobody = new() { Pid = 0, Uid = uint.MaxValue, Comm = "unknown" };

    private readonly ConcurrentDictionary<PciAddress, BrokeredFunction> _functions = new();
    private readonly AccessJournal _journal;
    private readonly ContentionReporter _contention;
    private readonly ClaimRegistry _claims;
    private readonly AccessGate _gate;
    private readonly BrokerOptions _options;
    private readonly DeviceQueues _queues;
    private readonly MailboxFaults _faults;
    private readonly MailboxDriver _driver;
    private readonly VirtualMailboxes _virtuals;
    private readonly MailboxEvents _mailboxEvents;
    private readonly QuarantineBook _quarantines;
    private readonly TimeProvider _time;

    /// <summary>Opens the journal and stands ready; functions come by <see cref="Attach"/>.</summary>
    /// <param name="options">What the host's operator decides.</param>
    /// <param name="events">Takes what there is to tell.</param>
    /// <param name="time">The clocks of everything.</param>
    /// <param name="sinceBoot">The time since boot, suspended time included; null to count by the time provider, which stands meanwhile.</param>
    public HostBroker(BrokerOptions options, IEventSink events, TimeProvider time, Func<TimeSpan>? sinceBoot = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _journal = AccessJournal.Open(options.JournalPath, options.JournalCells, time);
        _contention = new ContentionReporter(events, time);
        _claims = new ClaimRegistry(options, events, _journal, time, new SteadyClock(time, sinceBoot));
        _options = options;
        _time = time;
        Bypasses = new BypassLog(time);
        Recorder = new FlightRecorder(options, (address, offset) => Find(address, offset)?.Mailbox.Tape, time);
        _queues = new DeviceQueues(options, new HoldEvents(events, _journal.Intervals, time), time);
        _mailboxEvents = new MailboxEvents(events, Counters, time);
        _faults = new MailboxFaults(_mailboxEvents, Recorder, Bypasses, time);
        _quarantines = new QuarantineBook(options.QuarantinePath);
        if (_quarantines.Problem is { } problem)
        {
            events.Publish(new FleetEvent { Time = time.GetUtcNow(), Kind = EventKinds.AgentLoss, Detail = problem });
        }

        _driver = new MailboxDriver(Counters, _queues, _mailboxEvents, _faults, Recorder, _journal.Exchanges, _quarantines, time);
        _virtuals = new VirtualMailboxes(options, _driver, _mailboxEvents, time);
        _gate = new AccessGate(_journal, Counters, _contention, _virtuals, new MailboxTraffic(_faults, time), _claims.Used, time);
        _claims.Changed = _gate.Continue;
    }

    /// <summary>The functions attached, by address.</summary>
    public IReadOnlyList<BrokeredFunction> Functions => [.. _functions.Values.OrderBy(f => f.Address)];

    /// <summary>Why the journal is not on disk; null when it is.</summary>
    public string? JournalProblem => _journal.Problem;

    /// <summary>What was done so far.</summary>
    public BrokerCounters Counters { get; } = new();

    /// <summary>What went around the broker lately.</summary>
    public BypassLog Bypasses { get; }

    /// <summary>Stands in front of a function. One that is attached already is replaced: its old handles answer that it is gone.</summary>
    public void Attach(IConfigSpace space, FunctionFacts facts)
    {
        ArgumentNullException.ThrowIfNull(space);
        Detach(space.Address);
        BrokeredFunction function = new(space, facts);
        foreach (Mailbox mailbox in function.Mailboxes)
        {
            Connect(function, mailbox);
        }

        _claims.Attach(function);
        _functions[space.Address] = function;
    }

    /// <summary>
    /// Takes over what changed of an attached function (its driver, a mailbox's owner) without disturbing who has it open, local
    /// claims, or what discovery found. False when it is not attached.
    /// </summary>
    public bool Update(FunctionFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        if (!TryGet(facts.Address, out BrokeredFunction? function))
        {
            return false;
        }

        List<Mailbox> mailboxes = [];
        foreach (MailboxFacts known in facts.Mailboxes)
        {
            Mailbox? mailbox = function.FindMailbox(known.Offset);
            if (mailbox is null)
            {
                mailbox = new Mailbox(known);
                Connect(function, mailbox);
            }
            else if (mailbox.Update(known, _time.GetTimestamp()))
            {
                _mailboxEvents.OwnerChanged(function, mailbox);
            }

            mailboxes.Add(mailbox);
        }

        foreach (Mailbox gone in function.Mailboxes.ToArray().Except(mailboxes))
        {
            _queues.Of(function.State.Facts).Retire(gone);
        }

        function.Swap([.. mailboxes]);
        _claims.Refresh(function, facts);
        return true;
    }

    /// <summary>The function is gone: open handles answer so, its local claims end.</summary>
    public void Detach(PciAddress address)
    {
        if (_functions.TryRemove(address, out BrokeredFunction? function))
        {
            function.Detach();
            Retire(function);
            _claims.Detach(function);
        }
    }

    /// <summary>Finds an attached function.</summary>
    public bool TryGet(PciAddress address, [NotNullWhen(true)] out BrokeredFunction? function) => _functions.TryGetValue(address, out function);

    /// <summary>Reads for a caller; may be parked.</summary>
    public AccessResult Read(BrokeredFunction f, int offset, Span<byte> destination, Caller caller) => _gate.Read(f, offset, destination, caller);

    /// <summary>Writes for a caller, whole or not at all; may be parked.</summary>
    public AccessResult Write(BrokeredFunction f, int offset, ReadOnlySpan<byte> source, Caller caller) => _gate.Write(f, offset, source, caller);

    /// <summary>Reads for a caller, however long it is parked. When cancelled it ends as interrupted.</summary>
    public async Task<AccessResult> ReadAsync(BrokeredFunction f, int offset, Memory<byte> destination, Caller caller, CancellationToken ct)
    {
        AccessResult result = Read(f, offset, destination.Span, caller);
        if (result.Parked is not { } parked)
        {
            return result;
        }

        AccessResult ended = await EndOf(parked, ct);
        parked.Data.CopyTo(destination);
        return ended;
    }

    /// <summary>Writes for a caller, however long it is parked. When cancelled it ends as interrupted.</summary>
    public Task<AccessResult> WriteAsync(BrokeredFunction f, int offset, ReadOnlyMemory<byte> source, Caller caller, CancellationToken ct)
    {
        AccessResult result = Write(f, offset, source.Span, caller);
        return result.Parked is { } parked ? EndOf(parked, ct) : Task.FromResult(result);
    }

    /// <summary>Puts policies in force in place of those before.</summary>
    /// <exception cref="Policy.PolicyException">One of them does not compile; nothing changed.</exception>
    public void Apply(IReadOnlyList<CompiledPolicy> policies) => _claims.Apply(policies);

    /// <summary>Asks for a claim.</summary>
    public ClaimOutcome Claim(ClaimRequest request, Caller caller) => _claims.Claim(request, caller);

    /// <summary>Gives a local claim back.</summary>
    public ReleaseOutcome Release(string claimId, Caller caller) => _claims.Release(claimId, caller);

    /// <summary>Lets some callers through in spite of claims, for a time and with a reason; root only.</summary>
    public LeaseOutcome Lease(LeaseRequest request, Caller caller) => _claims.Lease(request, caller);

    /// <summary>Ends a lease before its time; root only.</summary>
    public LeaseOutcome EndLease(string leaseId, Caller caller) => _claims.EndLease(leaseId, caller);

    /// <summary>The leases in force.</summary>
    public IReadOnlyList<LeaseFacts> Leases() => _claims.Leases();

    /// <summary>What becomes of the ways in when the agent dies, by the policies in force: the strictest of them; null when none says.</summary>
    public AgentLossAction? OnAgentLoss => _claims.OnAgentLoss;

    /// <summary>Ends what has had its time, and what belongs to processes that the predicate says have ended: claims, leases, holds, virtual registers.</summary>
    public void Expire(Func<Caller, bool>? ended = null)
    {
        _claims.Expire(ended);
        _queues.Expire(ended ?? (_ => false));
        foreach (BrokeredFunction function in _functions.Values)
        {
            _virtuals.Expire(function, ended);
        }
    }

    /// <summary>Every claim in force.</summary>
    public IReadOnlyList<ClaimFacts> Claims() => _claims.List();

    /// <summary>
    /// Takes what a sensor saw go around the broker. It is contention when it meets a claim, in whatever mode: nobody decided about
    /// it. Without an offset it meets every claim of the function.
    /// </summary>
    public void Bypassed(BypassAccess access)
    {
        ArgumentNullException.ThrowIfNull(access);
        Bypasses.Add(access);
        _journal.Watchers.Count(access);
        if (!TryGet(access.Function, out BrokeredFunction? function))
        {
            return;
        }

        foreach (Mailbox mailbox in function.Mailboxes)
        {
            if (access.Operation is AccessOperation.Write && access.MayTouch(mailbox.Offset + 0x08, MailboxEvents.RegistersLength))
            {
                _faults.Bypassed(function, mailbox, access);
            }
        }

        (int offset, int length) = access.Offset is { } first ? (first, Math.Max(access.Length ?? 1, 1)) : (0, function.Size);
        Policy.Claim? claim = function.Claims.Decide(access.Operation, offset, length, access.Caller ?? Nobody).Claim;
        if (claim is not null || access.Denied)
        {
            ContentionKey key = new(
                access.Caller?.Pid ?? 0, access.Caller?.StartTime ?? 0, access.Function, access.Offset ?? -1, access.Length ?? 0,
                access.Operation, access.Denied ? Decision.Refuse : Decision.Allow, access.Sensor);
            _contention.Report(key, claim, access.Caller);
        }
    }

    /// <summary>Looks on while accesses happen, to one function or to all, until the result is disposed.</summary>
    public AccessWatch Watch(PciAddress? function = null) => _journal.Watchers.Add(function);

    /// <summary>What the journal holds.</summary>
    public JournalContent ReadJournal() => _journal.Read();

    /// <summary>Ends what waits, publishes what is still to be merged and closes the journal.</summary>
    public void Dispose()
    {
        _claims.Dispose();
        foreach (BrokeredFunction function in _functions.Values)
        {
            function.Line.Cancel(AccessStatus.Interrupted);
            VirtualMailboxes.End(function, AccessStatus.Interrupted);
        }

        _queues.Dispose();
        _contention.Dispose();
        _mailboxEvents.Dispose();
        _journal.Dispose();
    }

    private static async Task<AccessResult> EndOf(ParkedAccess parked, CancellationToken ct)
    {
        TaskCompletionSource<AccessResult> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        parked.Subscribe(p => ended.TrySetResult(p.Result));
        await using CancellationTokenRegistration cancelled = ct.Register(() => parked.Cancel(AccessStatus.Interrupted));
        return await ended.Task;
    }

    private (BrokeredFunction Function, Mailbox Mailbox)? Find(PciAddress address, int offset) =>
        TryGet(address, out BrokeredFunction? function) && function.FindMailbox(offset) is { } mailbox
            ? (function, mailbox)
            : null;
}
