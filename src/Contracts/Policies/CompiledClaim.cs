namespace Fleet.Contracts;

/// <summary>One claim of a policy.</summary>
public sealed record CompiledClaim
{
    /// <summary>What is claimed.</summary>
    public required RegionSpec Region { get; init; }

    /// <summary>Who holds it ("broker" unless the policy says otherwise).</summary>
    public required string Holder { get; init; }

    /// <summary>What happens to reads of others.</summary>
    public ClaimAction OnRead { get; init; } = ClaimAction.Allow;

    /// <summary>What happens to writes of others.</summary>
    public ClaimAction OnWrite { get; init; } = ClaimAction.Refuse;

    /// <summary>Callers who are not "others".</summary>
    public IReadOnlyList<CallerRule> Allow { get; init; } = [];
}
