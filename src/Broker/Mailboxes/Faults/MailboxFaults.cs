using System.Globalization;
using Fleet.Contracts;
using Fleet.Pci.Doe;

namespace Fleet.Broker;

/// <summary>
/// Says what went wrong at a mailbox and because of whom: the suspects in the order in which they are believed, and what the flight
/// recorder froze.
/// </summary>
internal sealed class MailboxFaults(MailboxEvents events, FlightRecorder recorder, BypassLog bypasses, TimeProvider time)
{
    // An interleaved write disturbs the exchange it falls into, or leaves a mess for the next ones.
    private static readonly TimeSpan Suspicious = TimeSpan.FromSeconds(10);

    // A sensor's clock and ours are read at different places.
    private static readonly TimeSpan ClockSlack = TimeSpan.FromMilliseconds(20);

    public Presence Before(Mailbox mailbox) => new(mailbox.Foreign?.Total ?? 0, time.GetTimestamp());

    /// <summary>
    /// Looks at an exchange that has ended: a response that fits is suspect when somebody wrote past the queue meanwhile, as two
    /// responses of one feature cannot be told apart.
    /// </summary>
    public DoeOutcome Judge(BrokeredFunction function, Mailbox mailbox, Presence before, DoeOutcome outcome)
    {
        return Intruder(function, mailbox, before) is null ? outcome : outcome with
        {
            Disturbed = true,
            Detail = outcome.Succeeded ? $"{outcome.Detail} Somebody else wrote into the mailbox meanwhile: the response may be theirs." : outcome.Detail,
        };
    }

    /// <summary>Who was seen writing past the queue since then; null when nobody was.</summary>
    public string? Intruder(BrokeredFunction function, Mailbox mailbox, Presence before) =>
        mailbox.Foreign is { } foreign && foreign.Total != before.Foreign ? MailboxEvents.Name(foreign.Caller)
        : Bypass(function, mailbox, time.GetElapsedTime(before.Since)) is not { } bypass ? null
        : bypass.Caller is { } who ? MailboxEvents.Name(who)
        : $"Somebody unknown (seen by the sensor '{bypass.Sensor}')";

    /// <summary>Makes an event of what is one, and freezes the record.</summary>
    public void Tell(BrokeredFunction function, Mailbox mailbox, ExchangeRequest request, DoeOutcome outcome)
    {
        if (IsFault(outcome))
        {
            string fault = outcome.Failure is null ? "Disturbed" : $"{outcome.Failure}";
            Tell(function, mailbox, request.Caller, request.Feature.ToString(), fault, outcome.Failure is { } failure ? Labels.Of(failure) : Labels.Disturbed, outcome.Detail);
        }
    }

    /// <summary>One of several un-brokered initiators wrote into the middle of another's exchange.</summary>
    public void Interleaved(BrokeredFunction function, Mailbox mailbox, Caller intruder, Caller initiator, string what) =>
        events.Fault(
            function, mailbox, intruder, null, Labels.Interleaved,
            $"Interleaved: {MailboxEvents.Name(intruder)} {what} while an exchange of {MailboxEvents.Name(initiator)} was under way at {MailboxEvents.Place(function, mailbox)};"
            + $" either may get the other's response. Cause: broker client: both drive the registers themselves, and the mode does not keep them apart.");

    /// <summary>A sensor tells of a write around the broker: exchanges that it fell into are suspect, also when they ended before we heard.</summary>
    public void Bypassed(BrokeredFunction function, Mailbox mailbox, BypassAccess access)
    {
        foreach (RecordedExchange exchange in mailbox.Tape.MarkDisturbed(access.Time - ClockSlack, access.Time + ClockSlack))
        {
            Tell(
                function, mailbox, exchange.Caller, exchange.Feature, "Disturbed", Labels.Disturbed,
                $"Exchange {exchange.Number} ({exchange.Outcome}) had already ended when a sensor told of a write into it: the response may be another's.");
        }
    }

    private static bool IsFault(DoeOutcome outcome) => outcome.Disturbed || (outcome.Failure is { } failure && Labels.Failures.Contains(failure));

    private void Tell(BrokeredFunction function, Mailbox mailbox, Caller caller, string feature, string fault, string label, string detail)
    {
        string cause = Cause(function, mailbox);
        string frozen = recorder.Freeze(function, mailbox, label, cause, Intrusions(function, mailbox));
        events.Fault(function, mailbox, caller, feature, label, $"{fault}: {detail} Cause: {cause}{frozen}");
    }

    /// <summary>The suspects in order: a kernel owner, a client of the broker, a bypasser that a sensor saw, nobody known.</summary>
    private string Cause(BrokeredFunction function, Mailbox mailbox)
    {
        if (mailbox.Owner is not "broker" || (mailbox.OwnedElsewhere is not long.MinValue && time.GetElapsedTime(mailbox.OwnedElsewhere) <= Suspicious))
        {
            return mailbox.Owner is "broker"
                ? "kernel owner: the mailbox belonged to somebody else until seconds ago."
                : $"kernel owner: the mailbox belongs to '{mailbox.Owner}' now: {mailbox.OwnerReason}";
        }

        if (mailbox.Foreign is { } foreign && time.GetElapsedTime(Volatile.Read(ref foreign.At)) is { } ago && ago <= Suspicious)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"broker client: {MailboxEvents.Name(foreign.Caller)} wrote into the mailbox past its queue, last {ago.TotalMilliseconds:0} ms ago.");
        }

        return Bypass(function, mailbox, Suspicious) is { } bypass
            ? $"observed bypasser: {(bypass.Caller is { } who ? MailboxEvents.Name(who) : "an unknown process")} wrote around the broker; the sensor '{bypass.Sensor}' saw it."
            : "unknown: nobody was seen writing past the queue (firmware, a BMC, a VM, or a bypass that no sensor covers may have).";
    }

    private List<RecordedIntrusion> Intrusions(BrokeredFunction function, Mailbox mailbox)
    {
        List<RecordedIntrusion> seen = [];
        if (mailbox.Foreign is { } foreign)
        {
            DateTimeOffset when = time.GetUtcNow() - time.GetElapsedTime(Volatile.Read(ref foreign.At));
            seen.Add(new RecordedIntrusion(when, foreign.Caller, "broker", Volatile.Read(ref foreign.Count)));
        }

        seen.AddRange(bypasses.Recent(function.Address)
            .Where(a => a.Operation is AccessOperation.Write && a.MayTouch(mailbox.Offset + DoeRegisters.Control, MailboxEvents.RegistersLength))
            .Take(16)
            .Select(a => new RecordedIntrusion(a.Time, a.Caller, a.Sensor, 1)));
        return [.. seen.OrderBy(i => i.Time)];
    }

    private BypassAccess? Bypass(BrokeredFunction function, Mailbox mailbox, TimeSpan within) =>
        bypasses.FindWrite(function.Address, mailbox.Offset + DoeRegisters.Control, MailboxEvents.RegistersLength, within);
}
