using System.Globalization;
using Fleet.Contracts;
using Fleet.Pci.Doe;

namespace Fleet.Broker;

/// <summary>Says what happens at mailboxes, in sentences for an operator. Repeats by the same caller at the same mailbox are merged.</summary>
internal sealed class MailboxEvents(IEventSink sink, BrokerCounters counters, TimeProvider time) : IDisposable
{
    /// <summary>Control to the read mailbox.</summary>
    public const int RegistersLength = DoeRegisters.BlockSize - DoeRegisters.Control;

    private readonly EventMerger _merger = new(sink, time);

    public void Waited(BrokeredFunction function, Mailbox mailbox, DoeFeature feature, Caller caller, Turn turn) =>
        Publish(EventKinds.ContentionExchange, function, mailbox, caller, feature.ToString(), string.Create(
            CultureInfo.InvariantCulture,
            $"{Name(caller)} waited {turn.Waited.TotalMilliseconds:0} ms for {Place(function, mailbox)}{Behind(turn.Ahead)}{(turn.Granted ? "." : " and gave up.")}"),
            turn.Granted ? "got" : "gave up",
            made => made with { Decision = Decision.Wait, WaitedMilliseconds = (long)Math.Round(turn.Waited.TotalMilliseconds) });

    /// <param name="fault">One of <see cref="Labels.Faults"/>.</param>
    public void Fault(BrokeredFunction function, Mailbox mailbox, Caller caller, string? feature, string fault, string detail)
    {
        counters.Fault(fault);
        Publish(EventKinds.MailboxFault, function, mailbox, caller, feature, detail, fault, made => made with { Fault = fault });
    }

    /// <summary>A tool's own registers dropped something, as hardware would have without a sign.</summary>
    public void Discarded(BrokeredFunction function, Mailbox mailbox, Caller caller, string note) =>
        Fault(
            function, mailbox, caller, null, Labels.Discarded,
            $"Discarded: {Name(caller)} gets no response from {Place(function, mailbox)}: {note}. Hardware drops this without a sign, and so do its virtual registers; nothing reached the device.");

    /// <summary>A tool's own registers ended with something in them.</summary>
    public void Dropped(BrokeredFunction function, Mailbox mailbox, Caller caller, TimeSpan idle) =>
        Publish(EventKinds.MailboxState, function, mailbox, caller, null, string.Create(
            CultureInfo.InvariantCulture,
            $"The virtual registers of {Name(caller)} at {Place(function, mailbox)} ended after {idle.TotalSeconds:0} s without use, with an object not sent or a response not read."),
            "dropped");

    public void Quarantined(BrokeredFunction function, Mailbox mailbox, Caller? caller) =>
        State(function, mailbox, caller, $"{Capital(Place(function, mailbox))} is quarantined: {mailbox.Quarantine}");

    /// <summary>It was quarantined in an earlier life of the agent, or before it came back.</summary>
    public void StillQuarantined(BrokeredFunction function, Mailbox mailbox) =>
        State(function, mailbox, null, $"{Capital(Place(function, mailbox))} is quarantined still: {mailbox.Quarantine}");

    /// <summary>The quarantine's beginning or end could not be written down.</summary>
    public void NotKept(BrokeredFunction function, Mailbox mailbox, string problem) =>
        State(function, mailbox, null, $"Whether {Place(function, mailbox)} is quarantined could not be written down, so the agent's next life may not know: {problem}");

    public void Released(BrokeredFunction function, Mailbox mailbox, Caller caller, string reason, DoeOutcome outcome) =>
        State(function, mailbox, caller, outcome.Succeeded
            ? $"{Name(caller)} aborted {Place(function, mailbox)} and released it: {reason}"
            : $"{Name(caller)} tried to release {Place(function, mailbox)} ({reason}), and it stays as it is. {outcome.Detail}");

    public void Interrupted(BrokeredFunction function, Mailbox mailbox, InterruptedExchange interrupted) =>
        State(function, mailbox, null,
            $"The agent died within an exchange at {Place(function, mailbox)} ({interrupted.Describe()}). "
            + (interrupted.Went
                ? "Its outcome is unknown: the device may have acted on the request. The mailbox is aborted once before it is used again."
                : "The request was not complete, so the device has not acted on it. The mailbox is aborted once before it is used again."));

    public void Aborted(BrokeredFunction function, Mailbox mailbox, Caller caller, InterruptedExchange interrupted, DoeOutcome outcome) =>
        State(function, mailbox, caller,
            $"The agent died within an exchange at {Place(function, mailbox)} ({interrupted.Describe()}) and aborted it on its return. {outcome.Detail}");

    public void OwnerChanged(BrokeredFunction function, Mailbox mailbox) =>
        State(function, mailbox, null, $"{Capital(Place(function, mailbox))} now belongs to '{mailbox.Owner}': {mailbox.OwnerReason}");

    public void Dispose() => _merger.Dispose();

    public static string Name(Caller caller) => string.Create(CultureInfo.InvariantCulture, $"{caller.Comm} (pid {caller.Pid}, uid {caller.Uid})");

    public static string Place(BrokeredFunction function, Mailbox mailbox) =>
        string.Create(CultureInfo.InvariantCulture, $"the mailbox at 0x{mailbox.Offset:x3} of {function.Address}");

    private static string Behind(Caller? ahead) => ahead is null ? "" : $", behind {Name(ahead)}";

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>A change of state is never merged: each is news.</summary>
    private void State(BrokeredFunction function, Mailbox mailbox, Caller? caller, string detail) =>
        sink.Publish(Make(EventKinds.MailboxState, function, mailbox, caller, null, detail));

    private void Publish(
        string kind, BrokeredFunction function, Mailbox mailbox, Caller caller, string? feature, string detail, string sort, Func<FleetEvent, FleetEvent>? more = null)
    {
        FleetEvent made = Make(kind, function, mailbox, caller, feature, detail);
        _merger.Publish(
            string.Create(CultureInfo.InvariantCulture, $"{kind}/{sort}/{function.Address}/{mailbox.Offset}/{caller.Pid}/{caller.StartTime}/{feature}"),
            more is null ? made : more(made));
    }

    private FleetEvent Make(string kind, BrokeredFunction function, Mailbox mailbox, Caller? caller, string? feature, string detail) => new()
    {
        Time = time.GetUtcNow(),
        Kind = kind,
        Function = function.Address,
        Caller = caller,
        Offset = mailbox.Offset,
        Length = DoeRegisters.BlockSize,
        Feature = feature,
        Detail = detail,
    };
}
