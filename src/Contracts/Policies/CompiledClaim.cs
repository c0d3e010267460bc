using System.Text.Json.Serialization;

namespace Fleet.Contracts;

/// <summary>One claim of a policy.</summary>
public sealed record CompiledClaim
{
    /// <summary>With the actions a policy means when it names none.</summary>
    [JsonConstructor]
    public CompiledClaim(ClaimAction onRead = ClaimAction.Allow, ClaimAction onWrite = ClaimAction.Refuse) => (OnRead, OnWrite) = (onRead, onWrite);

    /// <summary>What is claimed.</summary>
    public required RegionSpec Region { get; init; }

    /// <summary>Who holds it ("broker" unless the policy says otherwise).</summary>
    public required string Holder { get; init; }

    /// <summary>What happens to reads of others.</summary>
    public ClaimAction OnRead { get; init; }

    /// <summary>What happens to writes of others.</summary>
    public ClaimAction OnWrite { get; init; }

    /// <summary>How long accesses of others wait where the action is wait, in milliseconds, 1 to 30,000; null for 250.</summary>
    public int? WaitMilliseconds { get; init; }

    /// <summary>True when processes may take shared claims of their own in the region; exclusive ones are refused either way.</summary>
    public bool Shared { get; init; }

    /// <summary>Callers who are not "others".</summary>
    public IReadOnlyList<CallerRule> Allow { get; init => field = value ?? []; } = [];
}
