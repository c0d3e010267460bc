using Fleet.Contracts;

namespace Fleet.Policy;

/// <summary>What a claim table says of one access.</summary>
/// <param name="Decision">Allow, refuse or would-refuse.</param>
/// <param name="Claim">The claim it rests on. With allow: the foreign claim that was met under mode observe, or null when none was.</param>
public readonly record struct Verdict(Decision Decision, Claim? Claim)
{
    /// <summary>True when the access is contention: it is refused, or would be if the claim were enforced.</summary>
    public bool IsContention => Decision is Decision.Refuse or Decision.WouldRefuse;
}
