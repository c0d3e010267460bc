using Fleet.Contracts;
using Fleet.Pci.Doe;

namespace Fleet.Broker;

/// <summary>Runs exchanges: one at a time per mailbox, with a deadline for the turn, and tells what went wrong and because of whom.</summary>
internal sealed class MailboxDriver(BrokerOptions options, BrokerCounters counters, MailboxEvents events, ExchangeLog log, TimeProvider time)
{
    private static readonly TimeSpan Noticeable = TimeSpan.FromMilliseconds(10);

    public async Task<DoeOutcome> ExchangeAsync(
        BrokeredFunction function, Mailbox mailbox, DoeFeature feature, ReadOnlyMemory<byte> payload, Caller caller, CancellationToken ct)
    {
        DoeOutcome? refused = Refuse(function, mailbox) ?? await TakeTurnAsync(function, mailbox, feature, caller, ct);
        if (refused is not null)
        {
            counters.Exchange(feature.ToString(), Label(refused));
            return refused;
        }

        int open = -1;
        try
        {
            mailbox.Driver = caller;
            mailbox.Space!.Caller = caller;
            await AbortInterruptedAsync(function, mailbox, caller, ct);
            open = log.Begin(function.Address, mailbox.Offset);
            long foreignBefore = mailbox.Foreign?.Count ?? 0;
            DoeOutcome outcome = await mailbox.Requester!.ExchangeAsync(feature, payload, ct);
            counters.ExchangeTimes.Observe(outcome.Elapsed);
            counters.Exchange(feature.ToString(), Label(outcome));
            Conclude(function, mailbox, feature, caller, outcome, foreignBefore);
            return outcome;
        }
        catch (OperationCanceledException)
        {
            counters.Exchange(feature.ToString(), "cancelled");
            throw;
        }
        finally
        {
            log.End(open);
            Quarantine(function, mailbox, caller);
            mailbox.Driver = null;
            mailbox.Turn.Release();
        }
    }

    private static DoeOutcome? Refuse(BrokeredFunction function, Mailbox mailbox)
    {
        if (mailbox.Owner is not "broker")
        {
            return Failed(DoeFailure.NotOwned, $"The mailbox at 0x{mailbox.Offset:x3} of {function.Address} belongs to '{mailbox.Owner}': {mailbox.OwnerReason}");
        }

        return mailbox.Quarantine is { } reason
            ? Failed(DoeFailure.Quarantined, $"The mailbox at 0x{mailbox.Offset:x3} of {function.Address} is quarantined: {reason}")
            : null;
    }

    /// <summary>Waits for the turn; null when it is ours. The time provider keeps the deadline, so that tests and simulations own it.</summary>
    private async Task<DoeOutcome?> TakeTurnAsync(
        BrokeredFunction function, Mailbox mailbox, DoeFeature feature, Caller caller, CancellationToken ct)
    {
        long begun = time.GetTimestamp();
        Caller? ahead = mailbox.Driver;
        bool got = mailbox.Turn.Wait(0, ct);
        if (!got)
        {
            counters.Queue(1);
            try
            {
                using CancellationTokenSource deadline = new(options.ExchangeWait, time);
                using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
                await mailbox.Turn.WaitAsync(either.Token);
                got = true;
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                // The deadline: told below, with whom it waited for.
            }
            finally
            {
                counters.Queue(-1);
            }
        }

        TimeSpan waited = time.GetElapsedTime(begun);
        counters.Waits.Observe(waited);
        if (waited > Noticeable)
        {
            events.Waited(function, mailbox, feature, caller, ahead, waited, got);
        }

        return got ? null : Failed(DoeFailure.NoTurn, $"The mailbox at 0x{mailbox.Offset:x3} of {function.Address} was not free for {waited.TotalSeconds:0.0} s.");
    }

    private async Task AbortInterruptedAsync(BrokeredFunction function, Mailbox mailbox, Caller caller, CancellationToken ct)
    {
        if (mailbox.Interrupted)
        {
            DoeOutcome outcome = await mailbox.Requester!.AbortAsync(ct);
            mailbox.Interrupted = false;
            log.Forget(function.Address, mailbox.Offset);
            events.Aborted(function, mailbox, caller, outcome);
        }
    }

    private void Conclude(
        BrokeredFunction function, Mailbox mailbox, DoeFeature feature, Caller caller, DoeOutcome outcome, long foreignBefore)
    {
        // What is no news of the mailbox itself (gone, read-only, a request too long) goes to the caller alone.
        if (outcome.Failure is DoeFailure.BusyAtEntry or DoeFailure.UnreadResponse or DoeFailure.ErrorLatched or DoeFailure.Timeout
            or DoeFailure.ForeignResponse or DoeFailure.LengthMismatch or DoeFailure.Underflow or DoeFailure.AbortFailed or DoeFailure.Malformed)
        {
            events.Fault(function, mailbox, feature, caller, outcome, mailbox.Foreign, (mailbox.Foreign?.Count ?? 0) - foreignBefore);
        }
    }

    private void Quarantine(BrokeredFunction function, Mailbox mailbox, Caller caller)
    {
        if (mailbox is { Requester.Quarantined: true, Quarantine: null })
        {
            mailbox.Quarantine = "an abort did not complete within its time; reset or rescan the function.";
            events.Quarantined(function, mailbox, caller);
        }
    }

    private static string Label(DoeOutcome outcome) => outcome.Failure is { } failure ? Kebab(failure.ToString()) : "ok";

    private static string Kebab(string name) =>
        string.Concat(name.Select((c, i) => char.IsAsciiLetterUpper(c) && i > 0 ? "-" + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()));

    private static DoeOutcome Failed(DoeFailure failure, string detail) => new(failure, [], TimeSpan.Zero, detail);
}
