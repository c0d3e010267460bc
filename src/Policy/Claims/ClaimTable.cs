using System.Collections.Immutable;
using Fleet.Contracts;

namespace Fleet.Policy;

/// <summary>
/// The claims on one function as an immutable interval table. A decision is one look at an index of bytes and a walk over the
/// intervals that the access touches: no search, no allocation, no lock; a change is a new table.
/// <para>
/// Precedence. At each byte govern the local claims and, of the others, those of the highest rank: policies by priority, then
/// default. Each governing claim says what happens to the caller; the strongest wins (refuse, wait, ones, cached, virtualise,
/// allow), at the byte and then over the access. So one forbidden byte forbids the access whole, and a policy of higher
/// priority can open what a lower one closes. Whoever holds a local claim passes below it, and holders of shared claims pass
/// each other's: a local claim opens nothing to anybody else. A caller with a lease passes every claim there.
/// </para>
/// <para>
/// Modes. That question is asked three times: of the enforced claims alone (not allowed: that is what happens), of these and the
/// shadowed ones (not allowed: would-refuse), and of all (not allowed: allow, naming the claim that was met). So a claim in
/// shadow or observe never changes what happens to an access, neither by closing nor by opening: it only shows what would happen.
/// </para>
/// </summary>
public sealed class ClaimTable
{
    /// <summary>Configuration space ends here; claims beyond it have no byte (PCI Express Base, section 7.2).</summary>
    private const int Space = 4096;

    private readonly int[] _starts;
    private readonly Segment[] _segments;

    // Which segment each byte belongs to, up to the last claimed one: at most 8 KiB a function, and only where there are claims.
    private readonly ushort[] _segmentAt;
    private readonly bool _actsOnReads;
    private readonly bool _actsOnWrites;

    private ClaimTable(ImmutableArray<Claim> claims, int[] starts, Segment[] segments)
    {
        Claims = claims;
        _starts = starts;
        _segments = segments;
        _segmentAt = Index(starts);
        Caches = claims.Any(c => c.Facts.OnRead is ClaimAction.Cached);
        _actsOnReads = claims.Any(c => c.Facts.OnRead is not ClaimAction.Allow);
        _actsOnWrites = claims.Any(c => c.Facts.OnWrite is not ClaimAction.Allow);
    }

    /// <summary>A table without claims: everything is allowed.</summary>
    public static ClaimTable Empty { get; } = Create([]);

    /// <summary>The claims, by offset, then by falling rank.</summary>
    public ImmutableArray<Claim> Claims { get; }

    /// <summary>Whether some claim answers reads from what was read before.</summary>
    public bool Caches { get; }

    /// <summary>Makes a table of claims in any order. Claims without a byte are left out.</summary>
    public static ClaimTable Create(IEnumerable<Claim> claims)
    {
        ArgumentNullException.ThrowIfNull(claims);
        ImmutableArray<Claim> sorted =
            [.. claims.Where(c => c.Facts is { Length: > 0, Offset: < Space }).OrderBy(c => c.Facts.Offset).ThenByDescending(c => c.Rank).ThenBy(c => c.End)];
        int[] bounds = [.. sorted.SelectMany(c => new[] { Math.Max(c.Facts.Offset, 0), Math.Min(c.End, Space) }).Distinct().Order()];
        // The first segment is what lies before every claim, the last what lies behind them; neither has any.
        List<int> starts = [int.MinValue];
        List<Segment> segments = [Segment.Of([])];
        List<Claim> open = [];
        int next = 0;
        for (int i = 0; i < bounds.Length; i++)
        {
            open.RemoveAll(c => c.End <= bounds[i]);
            for (; next < sorted.Length && sorted[next].Facts.Offset <= bounds[i]; next++)
            {
                open.Add(sorted[next]);
            }

            starts.Add(bounds[i]);
            segments.Add(Segment.Of(open));
        }

        return new ClaimTable(sorted, [.. starts], [.. segments]);
    }

    /// <summary>Decides about one access.</summary>
    /// <param name="operation">Read or write.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Number of bytes; an access of none is allowed.</param>
    /// <param name="caller">Who asks.</param>
    public Verdict Decide(AccessOperation operation, int offset, int length, Caller caller)
    {
        bool write = operation is not AccessOperation.Read;
        if (!(write ? _actsOnWrites : _actsOnReads) || length <= 0)
        {
            return new Verdict(Decision.Allow, null);
        }

        long end = (long)offset + length;
        Decision decision = Decision.Allow;
        Claim? enforced = null;
        Claim? shadowed = null;
        Claim? met = null;
        int first = offset < 0 ? 0 : offset < _segmentAt.Length ? _segmentAt[offset] : _segments.Length - 1;
        for (int i = first; i < _starts.Length && _starts[i] < end; i++)
        {
            Segment segment = _segments[i];
            if (segment.Leases.Length > 0 && Lease(segment.Leases, write, caller) is { } lease)
            {
                met ??= segment.Observed.Decide(write, caller, out _) is null ? null : lease;
                continue;
            }

            if (segment.Enforced.Decide(write, caller, out Decision here) is { } claim && Claim.Strength(here) > Claim.Strength(decision))
            {
                decision = here;
                enforced = claim;
                if (decision is Decision.Refuse)
                {
                    break;
                }
            }

            // Where every claim is enforced the other questions have the same answer.
            shadowed ??= ReferenceEquals(segment.Shadowed, segment.Enforced) ? null : segment.Shadowed.Decide(write, caller, out _);
            met ??= ReferenceEquals(segment.Observed, segment.Shadowed) ? null : segment.Observed.Decide(write, caller, out _);
        }

        return enforced is not null ? new Verdict(decision, enforced)
            : shadowed is not null ? new Verdict(Decision.WouldRefuse, shadowed)
            : new Verdict(Decision.Allow, met);
    }

    private static ushort[] Index(int[] starts)
    {
        ushort[] index = new ushort[Math.Max(starts[^1], 0)];
        for (int segment = 1; segment < starts.Length - 1; segment++)
        {
            index.AsSpan(starts[segment]..starts[segment + 1]).Fill((ushort)segment);
        }

        return index;
    }

    private static Claim? Lease(Claim[] leases, bool write, Caller caller)
    {
        foreach (Claim lease in leases)
        {
            if (lease.LetsThrough(write, caller))
            {
                return lease;
            }
        }

        return null;
    }

    /// <summary>The claims that govern the bytes up to the next segment, by how much of the modes is asked of.</summary>
    private readonly record struct Segment(Governing Enforced, Governing Shadowed, Governing Observed, Claim[] Leases)
    {
        public static Segment Of(List<Claim> open)
        {
            Governing enforced = Governing.Of(open, EnforcementMode.Enforce);
            Governing shadowed = Governing.Of(open, EnforcementMode.Shadow);
            Governing observed = Governing.Of(open, EnforcementMode.Observe);
            shadowed = shadowed.IsSame(enforced) ? enforced : shadowed;
            observed = observed.IsSame(shadowed) ? shadowed : observed;
            return new Segment(enforced, shadowed, observed, [.. open.Where(c => c.Facts.Source is ClaimSource.Lease)]);
        }
    }
}
