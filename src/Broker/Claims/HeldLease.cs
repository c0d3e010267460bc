using Fleet.Contracts;
using Fleet.Policy;

namespace Fleet.Broker;

/// <summary>A lease in force: when it ends by the steady clock and by the wall clock, and how often it let something through.</summary>
internal sealed class HeldLease(Lease lease, Caller grantedBy, TimeSpan ends, DateTimeOffset? notAfter, int interval)
{
    private long _uses;

    public Lease Lease => lease;

    public Caller GrantedBy => grantedBy;

    public TimeSpan Ends => ends;

    public DateTimeOffset? NotAfter => notAfter;

    /// <summary>Its line in the journal.</summary>
    public int Interval => interval;

    public void Use() => Interlocked.Increment(ref _uses);

    /// <summary>Whichever is first: the steady clock cannot be set back, and a wall clock that was set right ends what it should.</summary>
    public bool IsOver(TimeSpan steady, DateTimeOffset wall) => ends <= steady || notAfter <= wall;

    public LeaseFacts Facts() => new()
    {
        Id = lease.Id,
        Function = lease.Function,
        Region = lease.Region,
        Callers = lease.Callers,
        Process = lease.Process,
        Write = lease.Write,
        Holder = lease.Holder,
        Reason = lease.Reason,
        GrantedBy = grantedBy,
        Since = lease.Since,
        Expires = lease.Expires,
        Uses = Volatile.Read(ref _uses),
    };
}
