using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Pci.Doe;

namespace Fleet.Broker;

/// <summary>Mailboxes: exchanges, holds, the flight recorder, the end of a quarantine.</summary>
public sealed partial class HostBroker
{
    /// <summary>What happened at the mailboxes lately.</summary>
    public FlightRecorder Recorder { get; }

    /// <summary>The function's mailboxes as they are now; none when it is not attached.</summary>
    public IReadOnlyList<MailboxFacts> Mailboxes(PciAddress a) => TryGet(a, out BrokeredFunction? function) ? function.Facts.Mailboxes : [];

    /// <summary>Runs one exchange for a caller when its turn comes. Failures are answers, not exceptions.</summary>
    public Task<DoeOutcome> ExchangeAsync(
        PciAddress a, int mailboxOffset, DoeFeature feature, ReadOnlyMemory<byte> payload, Caller caller, CancellationToken ct) =>
        ExchangeAsync(a, mailboxOffset, feature, payload, caller, ExchangePriority.Normal, ct);

    /// <summary>Runs one exchange for a caller when its turn comes. Failures are answers, not exceptions.</summary>
    public Task<DoeOutcome> ExchangeAsync(
        PciAddress a, int mailboxOffset, DoeFeature feature, ReadOnlyMemory<byte> payload, Caller caller, ExchangePriority priority, CancellationToken ct) =>
        Find(a, mailboxOffset) is var (function, mailbox)
            ? _driver.ExchangeAsync(function, mailbox, Request(feature, payload, caller, priority), ct)
            : Task.FromResult(new DoeOutcome(DoeFailure.NotAMailbox, [], TimeSpan.Zero, $"There is no mailbox at 0x{mailboxOffset:x3} of {a}."));

    /// <summary>Asks a mailbox what it speaks and remembers the answer; other exchanges may pass between its questions.</summary>
    public async Task<DoeDiscoveryResult> DiscoverAsync(PciAddress a, int mailboxOffset, Caller caller, CancellationToken ct)
    {
        if (Find(a, mailboxOffset) is not var (function, mailbox))
        {
            return new DoeDiscoveryResult([], DoeFailure.NotAMailbox, $"There is no mailbox at 0x{mailboxOffset:x3} of {a}.");
        }

        int version = function.Facts.Capabilities.FirstOrDefault(c => c.Extended && c.Offset == mailboxOffset)?.Version ?? 1;
        DoeDiscoveryResult result = await DoeDiscovery.RunAsync(
            (feature, payload, token) => _driver.ExchangeAsync(function, mailbox, Request(feature, payload, caller, ExchangePriority.Background), token),
            (byte)version, ct);
        mailbox.Discovered([.. result.Features.Select(f => f.ToString())], result.Failure is null ? null : result.Detail);
        _claims.Refresh(function); // Selectors may ask for the features just learned.
        return result;
    }

    /// <summary>
    /// Waits for a hold on the stateful features of a function's device. It ends when its time is up (at most the broker's longest),
    /// when its holder ends it, or with its process.
    /// </summary>
    /// <param name="a">Any function of the device.</param>
    /// <param name="caller">Who wants it.</param>
    /// <param name="reason">Why, for whoever meets it; 1 to 200 characters.</param>
    /// <param name="most">How long at most; null for the broker's longest.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<HoldOutcome> HoldAsync(PciAddress a, Caller caller, string reason, TimeSpan? most, CancellationToken ct) =>
        HoldAsync(a, caller, reason, most, ExchangePriority.Normal, ct);

    /// <inheritdoc cref="HoldAsync(PciAddress, Caller, string, TimeSpan?, CancellationToken)"/>
    public async Task<HoldOutcome> HoldAsync(PciAddress a, Caller caller, string reason, TimeSpan? most, ExchangePriority priority, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        if (!TryGet(a, out BrokeredFunction? function))
        {
            return new HoldOutcome(null, ErrorCodes.NotFound, $"There is no function {a} on this host.");
        }

        if (caller.StartTime is 0)
        {
            return new HoldOutcome(null, ErrorCodes.Forbidden, "The agent cannot tell which process asks. Ask from the host's own process namespace.");
        }

        if (string.IsNullOrWhiteSpace(reason) || reason.Length > 200 || most <= TimeSpan.Zero || most > _options.HoldMost)
        {
            return new HoldOutcome(null, ErrorCodes.Invalid, $"A hold needs a reason of 1 to 200 characters and a duration of at most {_options.HoldMost.TotalSeconds:0} s.");
        }

        DeviceQueue queue = _queues.Of(function.State.Facts);
        TurnRequest wanted = new(null, caller, CallerKey.OfProcess(caller), priority, Conversation.Continues)
        {
            Reason = reason,
            Most = most ?? _options.HoldMost,
        };
        Turn turn = await queue.EnterAsync(wanted, ct);
        return turn.Granted && queue.Hold is { } hold && hold.Caller.Pid == caller.Pid
            ? new HoldOutcome(hold, null, $"{MailboxEvents.Name(caller)} holds the stateful features of {hold.Device} until {hold.Ends:HH:mm:ss}Z at the latest.")
            : new HoldOutcome(queue.Hold, ErrorCodes.ClaimHeld, turn.Ahead is { } ahead
                ? $"{MailboxEvents.Name(ahead)} did not leave the device {DeviceQueues.DeviceOf(function.State.Facts)} in {turn.Waited.TotalSeconds:0} s; try again later."
                : $"The device {DeviceQueues.DeviceOf(function.State.Facts)} was not free; try again later.");
    }

    /// <summary>Ends a hold: its holder may, and root.</summary>
    public HoldOutcome EndHold(string holdId, Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        HoldFacts? hold = _queues.Holds().FirstOrDefault(h => h.Id == holdId);
        if (hold is null)
        {
            return new HoldOutcome(null, ErrorCodes.NotFound, $"There is no hold '{holdId}'; it may have ended. List holds to see those in force.");
        }

        bool holder = CallerKey.OfProcess(hold.Caller) == CallerKey.OfProcess(caller);
        if (!holder && caller.Uid is not 0)
        {
            return new HoldOutcome(null, ErrorCodes.Forbidden, $"The hold belongs to {MailboxEvents.Name(hold.Caller)}; only that process or root can end it.");
        }

        string detail = $"{MailboxEvents.Name(caller)} ended it.";
        _queues.Of(hold.Device).EndHold(holdId, holder, detail);
        return new HoldOutcome(hold, null, detail);
    }

    /// <summary>Every hold in force.</summary>
    public IReadOnlyList<HoldFacts> Holds() => _queues.Holds();

    /// <summary>The device in front of whose responder a function stands, named by its function 0: one hold covers it.</summary>
    public PciAddress DeviceOf(PciAddress a) => TryGet(a, out BrokeredFunction? function) ? DeviceQueues.DeviceOf(function.Facts) : a;

    /// <summary>Watches from now on whether anybody writes past the queue into a mailbox of the function's device.</summary>
    public QuietWatch WatchQuiet(PciAddress a)
    {
        BrokeredFunction[] device = TryGet(a, out BrokeredFunction? function)
            ? [.. _functions.Values.Where(f => DeviceOf(f.Address) == DeviceOf(function.Address))]
            : [];
        return new(_faults, device.SelectMany(f => f.Mailboxes.ToArray().Select(mailbox => (f, mailbox))));
    }

    /// <summary>
    /// Keeps a mailbox out of use until it is released: somebody who knows says that it hangs. It may be one that is not attached
    /// (yet): then it is quarantined when it comes.
    /// </summary>
    /// <param name="a">The function.</param>
    /// <param name="mailboxOffset">Offset of the DOE capability.</param>
    /// <param name="reason">Why, as the end of "is quarantined: …".</param>
    public void Quarantine(PciAddress a, int mailboxOffset, string reason)
    {
        if (Find(a, mailboxOffset) is not var (function, mailbox))
        {
            _ = _quarantines.TryAdd(a, mailboxOffset, reason, out _); // In memory it is kept in any case, and told of when the mailbox comes.
        }
        else if (mailbox.Quarantine is null)
        {
            _driver.Quarantine(function, mailbox, null, reason);
        }
    }

    /// <summary>
    /// Aborts a mailbox that is stuck (quarantined, or holding a response that nobody reads) and lets it be used again. For root,
    /// with a reason, as it may drop somebody's exchange; what came of it is an event.
    /// </summary>
    public async Task<DoeOutcome> ReleaseQuarantineAsync(PciAddress a, int mailboxOffset, Caller caller, string reason, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        if (Find(a, mailboxOffset) is not var (function, mailbox))
        {
            return new DoeOutcome(DoeFailure.NotAMailbox, [], TimeSpan.Zero, $"There is no mailbox at 0x{mailboxOffset:x3} of {a}.");
        }

        if (mailbox.Owner is not "broker")
        {
            return new DoeOutcome(DoeFailure.NotOwned, [], TimeSpan.Zero, $"The mailbox belongs to '{mailbox.Owner}': {mailbox.OwnerReason}");
        }

        if (caller.Uid is not 0 || string.IsNullOrWhiteSpace(reason) || reason.Length > 200)
        {
            return new DoeOutcome(DoeFailure.Denied, [], TimeSpan.Zero, "Only root can release a mailbox, and with a reason of 1 to 200 characters.");
        }

        DoeOutcome outcome = await _driver.ReleaseAsync(function, mailbox, caller, ct);
        _mailboxEvents.Released(function, mailbox, caller, reason, outcome);
        return outcome;
    }

    /// <summary>
    /// Ends what tools have under way through virtual mailboxes: what waits is interrupted, what is on the wire is waited for. Call it
    /// when the ways in are closed. What does not end within the limit is aborted by the next life of the agent.
    /// </summary>
    public async Task DrainAsync(TimeSpan limit)
    {
        foreach (BrokeredFunction function in _functions.Values)
        {
            VirtualMailboxes.End(function, AccessStatus.Interrupted);
        }

        try
        {
            await _virtuals.DrainAsync().WaitAsync(limit, _time);
        }
        catch (TimeoutException)
        {
            // It stays in the log of open exchanges.
        }
    }

    private static ExchangeRequest Request(DoeFeature feature, ReadOnlyMemory<byte> payload, Caller caller, ExchangePriority priority) => new()
    {
        Feature = feature,
        Payload = payload,
        Caller = caller,
        Key = CallerKey.OfProcess(caller),
        Way = ExchangeWay.Api,
        Priority = priority,
    };

    private void Connect(BrokeredFunction function, Mailbox mailbox)
    {
        mailbox.Connect(
            new HolderSpace(_gate, function, mailbox.Offset),
            new VirtualSets(_time, _options.VirtualIdle, _options.VirtualObjectDwords),
            new ExchangeTape(_options.RecordedExchanges),
            _time);
        mailbox.Quarantine = _quarantines.Find(function.Address, mailbox.Offset);
        if (mailbox.Quarantine is not null)
        {
            _mailboxEvents.StillQuarantined(function, mailbox);
        }

        mailbox.Interrupted = _journal.Exchanges.FindInterrupted(function.Address, mailbox.Offset);
        if (mailbox.Interrupted is { } interrupted)
        {
            _mailboxEvents.Interrupted(function, mailbox, interrupted);
        }
    }

    private void Retire(BrokeredFunction function)
    {
        DeviceQueue queue = _queues.Of(function.State.Facts);
        foreach (Mailbox mailbox in function.Mailboxes)
        {
            queue.Retire(mailbox);
        }

        VirtualMailboxes.End(function, AccessStatus.Gone);
    }
}
