using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>The answer to a request for a hold, or for the end of one.</summary>
/// <param name="Hold">The hold; null when there is none to tell of.</param>
/// <param name="Code">One of <see cref="ErrorCodes"/> when refused.</param>
/// <param name="Detail">One sentence: what was granted or ended, or why not and what to do.</param>
public sealed record HoldOutcome(HoldFacts? Hold, string? Code, string Detail)
{
    /// <summary>True when it was done.</summary>
    public bool Succeeded => Code is null;
}
