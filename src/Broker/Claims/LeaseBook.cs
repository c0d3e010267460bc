using System.Globalization;
using Fleet.Contracts;
using Fleet.Policy;

namespace Fleet.Broker;

/// <summary>The leases in force. Not safe by itself: the claim registry's lock is around every use but <see cref="Used"/>.</summary>
internal sealed class LeaseBook(BrokerOptions options, AccessJournal journal, TimeProvider time, SteadyClock clock)
{
    private const int MostReason = 200;
    private volatile HeldLease[] _leases = [];

    public IReadOnlyList<HeldLease> All => _leases;

    public IReadOnlyList<Lease> Compiled => [.. _leases.Select(l => l.Lease)];

    /// <summary>Why the lease cannot be granted; null when it can.</summary>
    public LeaseOutcome? Refuse(LeaseRequest request, Caller caller, bool known) => request switch
    {
        _ when caller.Uid is not 0 => Refused(ErrorCodes.Forbidden, "Only root can grant a lease: it sets claims of the whole host aside."),
        _ when !known => Refused(ErrorCodes.NotFound, $"There is no function {request.Function} on this host."),
        _ when (request.Callers is null) == (request.Process is null) => Refused(ErrorCodes.Invalid, "A lease is for callers or for one process; name one of them."),
        { Callers: { } rule } when ClaimActions.Problem(rule) is { } problem => Refused(ErrorCodes.Invalid, $"The lease cannot be: {problem}"),
        { Process.StartTime: 0 } => Refused(ErrorCodes.Invalid, "The process of the lease cannot be told from a later one with its number; name its executable or user instead."),
        _ when ClaimRegions.Problem(request.Region) is { } problem => Refused(ErrorCodes.Invalid, $"The lease cannot be: {problem}"),
        _ when string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > MostReason
            || request.Duration <= TimeSpan.Zero || request.Duration > options.LeaseDurationMost || request.NotAfter <= time.GetUtcNow() =>
            Refused(ErrorCodes.Invalid, $"A lease needs a reason of 1 to {MostReason} characters, a duration of at most {options.LeaseDurationMost} and an end to come."),
        _ when _leases.Length >= options.LeasesMost => Refused(ErrorCodes.TooMany, $"This host has {options.LeasesMost} leases, which is the most; end one first."),
        _ => null,
    };

    public HeldLease Add(LeaseRequest request, Caller caller)
    {
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset expires = now + request.Duration;
        Lease lease = new()
        {
            Id = Guid.CreateVersion7(now).ToString("N"),
            Function = request.Function,
            Region = request.Region,
            Callers = request.Callers is { } rule ? rule with { Write = request.Write } : null,
            Process = request.Process,
            Write = request.Write,
            Holder = Holder(request),
            Reason = request.Reason,
            Since = now,
            Expires = request.NotAfter < expires ? request.NotAfter.Value : expires,
        };
        int interval = journal.Intervals.Begin(
            IntervalKind.Lease, lease.Function, lease.Region.Offset ?? 0, lease.Region.Length ?? 0, request.Process ?? caller);
        HeldLease held = new(lease, caller, clock.Now + request.Duration, request.NotAfter, interval);
        _leases = [.. _leases, held];
        return held;
    }

    /// <summary>Takes leases out, with the end of each in the journal.</summary>
    public void Remove(IReadOnlyCollection<HeldLease> ended)
    {
        _leases = [.. _leases.Except(ended)];
        foreach (HeldLease lease in ended)
        {
            journal.Intervals.End(lease.Interval);
        }
    }

    public List<HeldLease> Over(Func<Caller, bool>? ended)
    {
        TimeSpan steady = clock.Now;
        DateTimeOffset wall = time.GetUtcNow();
        return [.. _leases.Where(l => l.IsOver(steady, wall) || (l.Lease.Process is { } process && ended?.Invoke(process) is true))];
    }

    /// <summary>Counts an access that passed by a lease; on the way of the access, without a lock.</summary>
    public void Used(Lease lease)
    {
        foreach (HeldLease held in _leases)
        {
            if (ReferenceEquals(held.Lease, lease))
            {
                held.Use();
                return;
            }
        }
    }

    public static LeaseOutcome Refused(string code, string detail) => new(null, code, detail);

    private static string Holder(LeaseRequest request)
    {
        if (request.Process is { } process)
        {
            return ClaimEvents.Name(process);
        }

        CallerRule rule = request.Callers!;
        string?[] parts =
        [
            rule.Exe, rule.ExeHash is null ? null : $"sha256 {rule.ExeHash[..12]}…",
            rule.Uid is { } uid ? string.Create(CultureInfo.InvariantCulture, $"uid {uid}") : null, rule.Unit,
            rule.Container is null ? null : $"container {rule.Container}",
        ];
        return string.Join(", ", parts.OfType<string>());
    }
}
