using System.Globalization;
using Fleet.Contracts;
using Fleet.Pci.Doe;

namespace Fleet.Broker;

/// <summary>Says what happened at a mailbox, and ranks who may have caused it: a client of the broker that wrote past the queue, else unknown.</summary>
internal sealed class MailboxEvents(IEventSink sink, TimeProvider time)
{
    private const int BlockSize = 0x18;

    // An interleaved write disturbs the exchange it falls into, or leaves a mess for the next ones.
    private static readonly TimeSpan Suspicious = TimeSpan.FromSeconds(10);

    public void Waited(
        BrokeredFunction function, Mailbox mailbox, DoeFeature feature, Caller caller, Caller? ahead, TimeSpan waited, bool got) =>
        Publish(EventKinds.ContentionExchange, function, mailbox, caller, feature, string.Create(
            CultureInfo.InvariantCulture,
            $"{Name(caller)} waited {waited.TotalMilliseconds:0} ms for the mailbox at 0x{mailbox.Offset:x3} of {function.Address}{Behind(ahead)}{(got ? "." : " and gave up.")}"));

    public void Fault(
        BrokeredFunction function, Mailbox mailbox, DoeFeature feature, Caller caller, DoeOutcome outcome, ForeignWrite? foreign, long during) =>
        Publish(
            EventKinds.MailboxFault, function, mailbox, caller, feature,
            $"{outcome.Failure}: {outcome.Detail} Cause: {Cause(foreign, during)}");

    public void Quarantined(BrokeredFunction function, Mailbox mailbox, Caller caller) =>
        Publish(
            EventKinds.MailboxState, function, mailbox, caller, null,
            string.Create(CultureInfo.InvariantCulture, $"The mailbox at 0x{mailbox.Offset:x3} of {function.Address} is quarantined: {mailbox.Quarantine}"));

    public void Aborted(BrokeredFunction function, Mailbox mailbox, Caller caller, DoeOutcome outcome) =>
        Publish(
            EventKinds.MailboxState, function, mailbox, caller, null, string.Create(
                CultureInfo.InvariantCulture,
                $"The agent died within an exchange at 0x{mailbox.Offset:x3} of {function.Address} and aborted it on its return. {outcome.Detail}"));

    public void OwnerChanged(BrokeredFunction function, Mailbox mailbox) =>
        Publish(EventKinds.MailboxState, function, mailbox, null, null, string.Create(
            CultureInfo.InvariantCulture, $"The mailbox at 0x{mailbox.Offset:x3} of {function.Address} now belongs to '{mailbox.Owner}': {mailbox.OwnerReason}"));

    private string Cause(ForeignWrite? foreign, long during)
    {
        if (foreign is not null)
        {
            TimeSpan ago = time.GetElapsedTime(Volatile.Read(ref foreign.At));
            if (during > 0 || ago <= Suspicious)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"broker client: {Name(foreign.Caller)} wrote into the mailbox past its queue, last {ago.TotalMilliseconds:0} ms ago.");
            }
        }

        return "unknown: nobody wrote past the queue by a way the broker sees (firmware, a BMC, a VM or a bypass may have).";
    }

    private void Publish(string kind, BrokeredFunction function, Mailbox mailbox, Caller? caller, DoeFeature? feature, string detail) =>
        sink.Publish(new FleetEvent
        {
            Time = time.GetUtcNow(),
            Kind = kind,
            Function = function.Address,
            Caller = caller,
            Offset = mailbox.Offset,
            Length = BlockSize,
            Feature = feature?.ToString(),
            Detail = detail,
        });

    private static string Behind(Caller? ahead) => ahead is null ? "" : $", behind {Name(ahead)}";

    private static string Name(Caller caller) => string.Create(CultureInfo.InvariantCulture, $"{caller.Comm} (pid {caller.Pid}, uid {caller.Uid})");
}
