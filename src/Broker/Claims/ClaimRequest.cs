using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Broker;

/// <summary>Asks for a claim on a region of a function.</summary>
public sealed record ClaimRequest
{
    /// <summary>The function.</summary>
    public required PciAddress Function { get; init; }

    /// <summary>First byte of the region, unless Region names it.</summary>
    public int Offset { get; init; }

    /// <summary>Length of the region in bytes, unless Region names it.</summary>
    public int Length { get; init; }

    /// <summary>The region by what it is (a capability, a mailbox, a base address register, the whole); null for Offset and Length. It must name one.</summary>
    public RegionSpec? Region { get; init; }

    /// <summary>Why, for whoever meets the claim; at most 200 characters.</summary>
    public required string Reason { get; init; }

    /// <summary>For how long; null for the broker's default.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>False for a claim of the caller's own; true for one beside which others may hold shared claims.</summary>
    public bool Shared { get; init; }

    /// <summary>What happens to reads of others.</summary>
    public ClaimAction OnRead { get; init; } = ClaimAction.Allow;

    /// <summary>What happens to writes of others.</summary>
    public ClaimAction OnWrite { get; init; } = ClaimAction.Refuse;

    /// <summary>How long accesses of others wait where the action is wait, in milliseconds; null for 250.</summary>
    public int? WaitMilliseconds { get; init; }
}
