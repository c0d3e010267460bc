using Fleet.Pci;

namespace Fleet.Contracts;

/// <summary>A claim in force on a host, as its agent reports it.</summary>
public sealed record ClaimFacts
{
    /// <summary>Identity on the host; stable while the claim lasts.</summary>
    public required string Id { get; init; }

    /// <summary>The function whose region is claimed.</summary>
    public required PciAddress Function { get; init; }

    /// <summary>First byte of the region, 0 to 4095.</summary>
    public required int Offset { get; init; }

    /// <summary>Length of the region in bytes, at least 1.</summary>
    public required int Length { get; init; }

    /// <summary>Who holds it: "broker", a policy's holder, "comm pid" of a local claim, or whom a lease is for.</summary>
    public required string Holder { get; init; }

    /// <summary>Where it comes from.</summary>
    public required ClaimSource Source { get; init; }

    /// <summary>How far it acts.</summary>
    public required EnforcementMode Mode { get; init; }

    /// <summary>What happens to reads of others.</summary>
    public required ClaimAction OnRead { get; init; }

    /// <summary>What happens to writes of others.</summary>
    public required ClaimAction OnWrite { get; init; }

    /// <summary>How long accesses of others wait at most, in milliseconds, where the action is wait; null elsewhere.</summary>
    public int? WaitMilliseconds { get; init; }

    /// <summary>True when others may hold shared claims on the same bytes; false for an exclusive claim.</summary>
    public bool Shared { get; init; }

    /// <summary>Why, in the holder's words.</summary>
    public string? Reason { get; init; }

    /// <summary>The policy it comes from, with its revision, as "name r3".</summary>
    public string? Policy { get; init; }

    /// <summary>Since when it is in force.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When it ends by itself; null for never.</summary>
    public DateTimeOffset? Expires { get; init; }
}
