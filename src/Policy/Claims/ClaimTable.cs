using System.Collections.Immutable;
using Fleet.Contracts;

namespace Fleet.Policy;

/// <summary>
/// The claims on one function as an immutable interval table. A decision is one look at an index of bytes and a walk over the
/// intervals that the access touches: no search, no allocation, no lock; a change is a new table.
/// <para>
/// Precedence. Per byte, claims are ranked: local, then policies by priority, then default. At each byte the claims of the
/// highest rank govern (among several of that rank, one that forbids is enough), and one forbidden byte forbids the access
/// whole. So a policy of higher priority can open what a lower one closes, and a caller on its allow list passes.
/// </para>
/// <para>
/// Modes. That question is asked three times: of the enforced claims alone (forbidden: refuse), of these and the shadowed
/// ones (forbidden: would-refuse), and of all (forbidden: allow, naming the claim that was met). So a claim in shadow or
/// observe never changes what happens to an access, neither by closing nor by opening: it only shows what would happen.
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
    private readonly bool _forbidsReads;
    private readonly bool _forbidsWrites;

    private ClaimTable(ImmutableArray<Claim> claims, int[] starts, Segment[] segments)
    {
        Claims = claims;
        _starts = starts;
        _segments = segments;
        _segmentAt = Index(starts);
        _forbidsReads = claims.Any(c => c.Facts.OnRead is ClaimAction.Refuse);
        _forbidsWrites = claims.Any(c => c.Facts.OnWrite is ClaimAction.Refuse);
    }

    /// <summary>A table without claims: everything is allowed.</summary>
    public static ClaimTable Empty { get; } = Create([]);

    /// <summary>The claims, by offset, then by falling rank.</summary>
    public ImmutableArray<Claim> Claims { get; }

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
        if (!(operation is AccessOperation.Write ? _forbidsWrites : _forbidsReads) || length <= 0)
        {
            return new Verdict(Decision.Allow, null);
        }

        long end = (long)offset + length;
        Claim? shadowed = null;
        Claim? observed = null;
        int first = offset < 0 ? 0 : offset < _segmentAt.Length ? _segmentAt[offset] : _segments.Length - 1;
        for (int i = first; i < _starts.Length && _starts[i] < end; i++)
        {
            Segment segment = _segments[i];
            if (Forbidding(segment.Enforced, operation, caller) is { } enforced)
            {
                return new Verdict(Decision.Refuse, enforced);
            }

            shadowed ??= Forbidding(segment.Shadowed, operation, caller);
            observed ??= Forbidding(segment.Observed, operation, caller);
        }

        return shadowed is null ? new Verdict(Decision.Allow, observed) : new Verdict(Decision.WouldRefuse, shadowed);
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

    private static Claim? Forbidding(Claim[] governing, AccessOperation operation, Caller caller)
    {
        foreach (Claim claim in governing)
        {
            if (claim.Forbids(operation, caller))
            {
                return claim;
            }
        }

        return null;
    }

    /// <summary>The claims that govern the bytes up to the next segment, by how much of the modes is asked of.</summary>
    private readonly record struct Segment(Claim[] Enforced, Claim[] Shadowed, Claim[] Observed)
    {
        public static Segment Of(List<Claim> open) => new(
            Governing(open, EnforcementMode.Enforce), Governing(open, EnforcementMode.Shadow), Governing(open, EnforcementMode.Observe));

        private static Claim[] Governing(List<Claim> open, EnforcementMode least)
        {
            Claim[] asked = [.. open.Where(c => c.Facts.Mode >= least)];
            return asked.Length is 0 ? [] : [.. asked.Where(c => c.Rank == asked.Max(a => a.Rank))];
        }
    }
}
