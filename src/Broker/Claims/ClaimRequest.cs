using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Broker;

/// <summary>Asks for a claim on a region of a function.</summary>
public sealed record ClaimRequest
{
    /// <summary>The function.</summary>
    public required PciAddress Function { get; init; }

    /// <summary>First byte of the region.</summary>
    public required int Offset { get; init; }

    /// <summary>Length of the region in bytes.</summary>
    public required int Length { get; init; }

    /// <summary>Why, for whoever meets the claim; at most 200 characters.</summary>
    public required string Reason { get; init; }

    /// <summary>For how long; null for the broker's default.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>What happens to reads of others.</summary>
    public ClaimAction OnRead { get; init; } = ClaimAction.Allow;

    /// <summary>What happens to writes of others.</summary>
    public ClaimAction OnWrite { get; init; } = ClaimAction.Refuse;
}
