using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>The answer to a claim request.</summary>
/// <param name="Granted">The claim; null when it was refused.</param>
/// <param name="Blocker">The claim in the way, if one is.</param>
/// <param name="Code">One of <see cref="ErrorCodes"/> when refused.</param>
/// <param name="Detail">One sentence: what was granted, or why not and what to do.</param>
public sealed record ClaimOutcome(ClaimFacts? Granted, ClaimFacts? Blocker, string? Code, string Detail)
{
    /// <summary>True when the claim is in force.</summary>
    public bool Succeeded => Granted is not null;
}
