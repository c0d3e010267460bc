using Fleet.Contracts;
using Fleet.Web.Text;

namespace Fleet.Web.Pages.Functions;

/// <summary>A claim in words.</summary>
public static class ClaimText
{
    /// <summary>"broker holds 108+10, writes of others are refused".</summary>
    public static string Sentence(ClaimFacts claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return claim.Source is ClaimSource.Lease
            ? $"{claim.Holder} may pass at {Show.Region(claim.Offset, claim.Length)} in spite of claims"
            : $"{claim.Holder} {(claim.Shared ? "shares" : "holds")} {Show.Region(claim.Offset, claim.Length)}, {Effect(claim)}";
    }

    /// <summary>What the claim does to others, as far as it acts.</summary>
    public static string Effect(ClaimFacts claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        if (claim.Source is ClaimSource.Lease)
        {
            return "none: its holder passes in spite of claims";
        }

        string reads = Done(claim.OnRead, claim);
        string writes = Done(claim.OnWrite, claim);
        return claim.Mode switch
        {
            _ when reads.Length is 0 && writes.Length is 0 => "others may read and write",
            EnforcementMode.Enforce => Joined(reads, writes, "are "),
            EnforcementMode.Shadow => Joined(reads, writes, "would be "),
            EnforcementMode.Observe => Joined(Recorded(reads), Recorded(writes), "are "),
            _ => "its mode is not known here",
        };
    }

    public static string Source(ClaimFacts claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return claim.Source switch
        {
            ClaimSource.Default => "default",
            ClaimSource.Policy => claim.Policy ?? "policy",
            ClaimSource.Local => claim.Shared ? "local claim, shared" : "local claim",
            ClaimSource.Lease => "break-glass lease",
            _ => "unknown",
        };
    }

    private static string Joined(string reads, string writes, string verb) => (reads, writes) switch
    {
        ("", _) => $"writes of others {verb}{writes}",
        (_, "") => $"reads of others {verb}{reads}",
        _ when reads == writes => $"reads and writes of others {verb}{reads}",
        _ => $"reads of others {verb}{reads}, writes {verb}{writes}",
    };

    private static string Recorded(string done) => done.Length is 0 ? "" : "recorded";

    private static string Done(ClaimAction action, ClaimFacts claim) => action switch
    {
        ClaimAction.Allow => "",
        ClaimAction.Refuse => "refused",
        ClaimAction.Wait => $"parked up to {claim.WaitMilliseconds ?? 250} ms",
        ClaimAction.Ones => "answered with ones",
        ClaimAction.Cached => "answered from what was last read",
        ClaimAction.Virtualise => "given registers of their own",
        _ => "treated in a way not known here",
    };
}
