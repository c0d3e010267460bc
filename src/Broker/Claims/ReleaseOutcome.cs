using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>The answer to a release.</summary>
/// <param name="Released">The claim that ended; null when none did.</param>
/// <param name="Code">One of <see cref="ErrorCodes"/> when none did.</param>
/// <param name="Detail">One sentence: what was released, or why not.</param>
public sealed record ReleaseOutcome(ClaimFacts? Released, string? Code, string Detail)
{
    /// <summary>True when the claim ended.</summary>
    public bool Succeeded => Released is not null;
}
