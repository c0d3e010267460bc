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
        return $"{claim.Holder} holds {Show.Region(claim.Offset, claim.Length)}, {Effect(claim)}";
    }

    /// <summary>What the claim does to others, as far as it acts.</summary>
    public static string Effect(ClaimFacts claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        string what = (claim.OnRead, claim.OnWrite) switch
        {
            (ClaimAction.Refuse, ClaimAction.Refuse) => "reads and writes",
            (_, ClaimAction.Refuse) => "writes",
            (ClaimAction.Refuse, _) => "reads",
            _ => "",
        };
        return (what, claim.Mode) switch
        {
            ("", _) => "others may read and write",
            (_, EnforcementMode.Enforce) => $"{what} of others are refused",
            (_, EnforcementMode.Shadow) => $"{what} of others would be refused",
            _ => $"{what} of others are recorded",
        };
    }

    public static string Source(ClaimFacts claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return claim.Source switch
        {
            ClaimSource.Default => "default",
            ClaimSource.Policy => claim.Policy ?? "policy",
            _ => "local claim",
        };
    }
}
