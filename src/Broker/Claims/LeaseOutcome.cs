using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>The answer to a request for a lease, or for its end.</summary>
/// <param name="Lease">The lease that was granted or ended; null when none was.</param>
/// <param name="Code">One of <see cref="ErrorCodes"/> when refused.</param>
/// <param name="Detail">One sentence: what was granted or ended, or why not and what to do.</param>
public sealed record LeaseOutcome(LeaseFacts? Lease, string? Code, string Detail)
{
    /// <summary>True when it was done.</summary>
    public bool Succeeded => Lease is not null;
}
