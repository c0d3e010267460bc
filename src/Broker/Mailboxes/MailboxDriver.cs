using Fleet.Contracts;
using Fleet.Pci.Doe;

namespace Fleet.Broker;

/// <summary>
/// Runs exchanges: each in its turn, by the rules of the requester, remembered across a crash, recorded, and told of when something
/// went wrong. Up to the first wait it runs on the caller's thread, so that an idle mailbox costs no switch.
/// </summary>
internal sealed class MailboxDriver(
    BrokerCounters counters, DeviceQueues queues, MailboxEvents events, MailboxFaults faults, FlightRecorder recorder, ExchangeLog log,
    QuarantineBook quarantines, TimeProvider time)
{
    /// <summary>Waiting for longer than this is contention.</summary>
    public static readonly TimeSpan Noticeable = TimeSpan.FromMilliseconds(10);

    public async Task<DoeOutcome> ExchangeAsync(BrokeredFunction function, Mailbox mailbox, ExchangeRequest request, CancellationToken ct)
    {
        DateTimeOffset queued = time.GetUtcNow();
        if (Refuse(function, mailbox) is { } refused)
        {
            counters.Exchange(request.Feature.ToString(), Labels.Of(refused));
            return refused;
        }

        DeviceQueue queue = queues.Of(function.State.Facts);
        TurnRequest wanted = new(
            mailbox, request.Caller, request.Key, request.Priority, Conversations.Of(request.Feature, request.Payload.Span));
        Turn turn = await TakeTurnAsync(queue, wanted, ct);
        Waited(function, mailbox, request, turn);
        if (!turn.Granted)
        {
            DoeOutcome none = NoTurn(function, mailbox, turn);
            counters.Exchange(request.Feature.ToString(), Labels.Of(none));
            recorder.Add(function, mailbox, request, queued, turn, none);
            return none;
        }

        try
        {
            // It may have changed hands while we waited.
            DoeOutcome outcome = Refuse(function, mailbox)
                ?? (request.Granted?.Invoke() is false
                    ? Failed(DoeFailure.NoTurn, $"{request.Caller.Comm} went away before its turn; nothing was written.")
                    : await DriveAsync(function, mailbox, request, queued, turn, ct));
            counters.Exchange(request.Feature.ToString(), Labels.Of(outcome));
            return outcome;
        }
        catch (OperationCanceledException)
        {
            counters.Exchange(request.Feature.ToString(), "cancelled");
            throw;
        }
        finally
        {
            queue.Leave(turn);
        }
    }

    /// <summary>Aborts a mailbox on an operator's word, in its turn; success ends a quarantine.</summary>
    public async Task<DoeOutcome> ReleaseAsync(BrokeredFunction function, Mailbox mailbox, Caller caller, CancellationToken ct)
    {
        DeviceQueue queue = queues.Of(function.State.Facts);
        TurnRequest wanted = new(mailbox, caller, CallerKey.OfProcess(caller), ExchangePriority.Urgent, Conversation.None);
        Turn turn = await queue.EnterAsync(wanted, ct);
        if (!turn.Granted)
        {
            return NoTurn(function, mailbox, turn);
        }

        try
        {
            mailbox.Begin(caller);
            DoeOutcome outcome = await mailbox.Requester!.AbortAsync(ct);
            if (outcome.Succeeded)
            {
                mailbox.Quarantine = null;
                if (!quarantines.TryRemove(function.Address, mailbox.Offset, out string? problem))
                {
                    events.NotKept(function, mailbox, problem);
                }

                mailbox.Interrupted = null;
                log.Forget(function.Address, mailbox.Offset);
            }

            return outcome;
        }
        finally
        {
            mailbox.End();
            queue.Leave(turn);
        }
    }

    private static DoeOutcome? Refuse(BrokeredFunction function, Mailbox mailbox)
    {
        if (function.Detached)
        {
            return Failed(DoeFailure.Gone, $"The function {function.Address} is gone.");
        }

        if (mailbox.Owner is not "broker")
        {
            return Failed(DoeFailure.NotOwned, $"The mailbox at 0x{mailbox.Offset:x3} of {function.Address} belongs to '{mailbox.Owner}': {mailbox.OwnerReason}");
        }

        return mailbox.Quarantine is { } reason
            ? Failed(DoeFailure.Quarantined, $"The mailbox at 0x{mailbox.Offset:x3} of {function.Address} is quarantined: {reason}")
            : null;
    }

    private async ValueTask<Turn> TakeTurnAsync(DeviceQueue queue, TurnRequest wanted, CancellationToken ct)
    {
        ValueTask<Turn> entering = queue.EnterAsync(wanted, ct);
        if (entering.IsCompleted)
        {
            return await entering;
        }

        counters.Queue(1);
        try
        {
            return await entering;
        }
        finally
        {
            counters.Queue(-1);
        }
    }

    private void Waited(BrokeredFunction function, Mailbox mailbox, ExchangeRequest request, Turn turn)
    {
        counters.Waits.Observe(turn.Waited);
        if (turn.Waited > Noticeable)
        {
            events.Waited(function, mailbox, request.Feature, request.Caller, turn);
        }
    }

    private async Task<DoeOutcome> DriveAsync(
        BrokeredFunction function, Mailbox mailbox, ExchangeRequest request, DateTimeOffset queued, Turn turn, CancellationToken ct)
    {
        int open = -1;
        mailbox.Begin(request.Caller);
        try
        {
            await AbortInterruptedAsync(function, mailbox, request.Caller);
            mailbox.Space!.Restart();
            open = log.Begin(function.Address, mailbox.Offset, request.Feature, request.Caller);
            Presence before = faults.Before(mailbox);
            DoeOutcome outcome = await mailbox.Requester!.ExchangeAsync(request.Feature, request.Payload, Requested, ct);
            outcome = faults.Judge(function, mailbox, before, outcome);
            counters.ExchangeTimes.Observe(outcome.Elapsed);
            recorder.Add(function, mailbox, request, queued, turn, outcome);
            faults.Tell(function, mailbox, request, outcome);
            return outcome;
        }
        finally
        {
            log.End(open);
            QuarantineIfStuck(function, mailbox, request.Caller);
            mailbox.End();
        }

        void Requested()
        {
            log.Went(open);
            request.Requested?.Invoke();
        }
    }

    /// <summary>
    /// An earlier life of the agent died within an exchange here: it is aborted once, now that the mailbox is needed. Seen through
    /// whatever becomes of the one who needs it, since half an abort is worth nothing.
    /// </summary>
    private async Task AbortInterruptedAsync(BrokeredFunction function, Mailbox mailbox, Caller caller)
    {
        if (mailbox.Interrupted is not { } interrupted)
        {
            return;
        }

        DoeOutcome outcome = await mailbox.Requester!.AbortAsync(CancellationToken.None);
        mailbox.Interrupted = null;
        log.Forget(function.Address, mailbox.Offset);
        events.Aborted(function, mailbox, caller, interrupted, outcome);
    }

    /// <summary>Keeps a mailbox out of use from now on, until it is released.</summary>
    public void Quarantine(BrokeredFunction function, Mailbox mailbox, Caller? caller, string reason)
    {
        mailbox.Quarantine = reason;
        events.Quarantined(function, mailbox, caller);
        if (!quarantines.TryAdd(function.Address, mailbox.Offset, reason, out string? problem))
        {
            events.NotKept(function, mailbox, problem);
        }
    }

    private void QuarantineIfStuck(BrokeredFunction function, Mailbox mailbox, Caller caller)
    {
        if (mailbox is { Requester.Quarantined: true, Quarantine: null })
        {
            Quarantine(
                function, mailbox, caller,
                "an abort did not complete within its time. Reset the function, or remove it and rescan; then release the mailbox (fleet-agent quarantine release).");
        }
    }

    private static DoeOutcome NoTurn(BrokeredFunction function, Mailbox mailbox, Turn turn) => turn.Outcome switch
    {
        TurnOutcome.Retired => Failed(DoeFailure.Gone, $"The mailbox at 0x{mailbox.Offset:x3} of {function.Address} is gone."),
        TurnOutcome.Full => Failed(DoeFailure.NoTurn, $"Too many wait for the mailboxes of {function.Address} already; try again later."),
        _ => Failed(DoeFailure.NoTurn, $"The mailbox at 0x{mailbox.Offset:x3} of {function.Address} was not free for {turn.Waited.TotalSeconds:0.0} s."),
    };

    private static DoeOutcome Failed(DoeFailure failure, string detail) => new(failure, [], TimeSpan.Zero, detail);
}
