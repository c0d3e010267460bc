using Fleet.Contracts;

namespace Fleet.Policy;

/// <summary>What a claim table says of one access.</summary>
/// <param name="Decision">What to do: allow, refuse, wait, ones, cached, virtualise; or would-refuse, which lets it pass.</param>
/// <param name="Claim">The claim it rests on. With allow: the lease that let it through, or the foreign claim that was met under mode observe, or null when none was.</param>
public readonly record struct Verdict(Decision Decision, Claim? Claim)
{
    /// <summary>
    /// True when the access is contention: it is refused, or would be if the claim were enforced, or is answered otherwise. One that
    /// waits is contention when it waited long; one that goes to registers of the caller's own disturbs nobody.
    /// </summary>
    public bool IsContention => Decision is Decision.Refuse or Decision.WouldRefuse or Decision.Ones or Decision.Cached;
}
