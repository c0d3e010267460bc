using System.Globalization;
using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>Tells what became of claims and leases.</summary>
internal sealed class ClaimEvents(IEventSink events, TimeProvider time)
{
    public void Answered(ClaimOutcome outcome, ClaimFacts asked, Caller caller) =>
        events.Publish(Of(outcome.Succeeded ? EventKinds.ClaimGranted : EventKinds.ClaimRefused, outcome.Granted ?? asked, caller, outcome.Detail) with
        {
            Claim = (outcome.Granted ?? outcome.Blocker) is { } claim ? Reference(claim) : null,
        });

    public void Released(ClaimFacts claim, Caller caller, string detail) => events.Publish(Of(EventKinds.ClaimReleased, claim, caller, detail));

    public void Expired(HeldClaim held, string why) => events.Publish(Of(EventKinds.ClaimExpired, held.Claim.Facts, held.Claim.Process, why));

    public void Granted(HeldLease lease, string detail) => events.Publish(Of(EventKinds.LeaseGranted, lease, lease.GrantedBy, detail));

    public void Ended(HeldLease lease, Caller? by, string why)
    {
        LeaseFacts facts = lease.Facts();
        events.Publish(Of(EventKinds.LeaseEnded, lease, by ?? facts.GrantedBy, string.Create(
            CultureInfo.InvariantCulture,
            $"The lease of {facts.Holder} on {On(facts)} ended: {why} It let {facts.Uses} accesses through that claims would have kept. Its reason was: {facts.Reason}")));
    }

    public static string Name(Caller caller) => string.Create(CultureInfo.InvariantCulture, $"{caller.Comm} {caller.Pid}");

    public static string On(LeaseFacts lease) => lease.Function?.ToString() ?? "every function";

    private static ClaimReference Reference(ClaimFacts claim) => new(claim.Holder, claim.Source, claim.Offset, claim.Length);

    private FleetEvent Of(string kind, ClaimFacts claim, Caller caller, string detail) => new()
    {
        Time = time.GetUtcNow(),
        Kind = kind,
        Function = claim.Function,
        Caller = caller,
        Offset = claim.Offset,
        Length = claim.Length,
        Claim = Reference(claim),
        Detail = detail,
    };

    private FleetEvent Of(string kind, HeldLease lease, Caller caller, string detail) => new()
    {
        Time = time.GetUtcNow(),
        Kind = kind,
        Function = lease.Lease.Function,
        Caller = caller,
        Offset = lease.Lease.Region.Offset,
        Length = lease.Lease.Region.Length,
        Detail = detail,
    };
}
