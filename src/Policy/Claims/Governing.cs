using Fleet.Contracts;

namespace Fleet.Policy;

/// <summary>The claims that govern some bytes, for one of the three questions: local ones, and below them those of the highest rank.</summary>
internal sealed class Governing
{
    private readonly Claim[] _local;
    private readonly Claim[] _below;

    private Governing(Claim[] local, Claim[] below)
    {
        _local = local;
        _below = below;
    }

    public static Governing None { get; } = new([], []);

    /// <summary>Of the claims open at some byte, those that act at least so far.</summary>
    public static Governing Of(IEnumerable<Claim> open, EnforcementMode least)
    {
        Claim[] asked = [.. open.Where(c => c.Facts.Mode >= least)];
        Claim[] local = [.. asked.Where(c => c.Facts.Source is ClaimSource.Local)];
        Claim[] below = [.. asked.Where(c => c.Facts.Source is not (ClaimSource.Local or ClaimSource.Lease))];
        return asked.Length is 0 ? None : new Governing(local, below.Length is 0 ? [] : [.. below.Where(c => c.Rank == below.Max(b => b.Rank))]);
    }

    public bool IsSame(Governing other) => _local.AsSpan().SequenceEqual(other._local) && _below.AsSpan().SequenceEqual(other._below);

    /// <summary>The strongest thing that they do with the access, and the claim it rests on; allow and null when they let it pass.</summary>
    public Claim? Decide(bool write, Caller caller, out Decision decision)
    {
        decision = Decision.Allow;
        Claim? claim = null;
        bool held = false;
        if (_local.Length > 0)
        {
            bool shares = Shares(caller);
            foreach (Claim local in _local)
            {
                if (local.IsHolder(caller))
                {
                    held = true;
                }
                else if (!(shares && local.Facts.Shared))
                {
                    Take(local, write, caller, ref decision, ref claim);
                }
            }
        }

        if (!held)
        {
            foreach (Claim below in _below)
            {
                Take(below, write, caller, ref decision, ref claim);
            }
        }

        return claim;
    }

    private static void Take(Claim candidate, bool write, Caller caller, ref Decision decision, ref Claim? claim)
    {
        Decision own = candidate.Decide(write, caller);
        if (Claim.Strength(own) > Claim.Strength(decision))
        {
            decision = own;
            claim = candidate;
        }
    }

    private bool Shares(Caller caller)
    {
        foreach (Claim local in _local)
        {
            if (local.Facts.Shared && local.IsHolder(caller))
            {
                return true;
            }
        }

        return false;
    }
}
