using System.Collections.Immutable;
using Fleet.Contracts;

namespace Fleet.Server.Live;

/// <summary>All that is known of one host at one moment. Immutable: a change makes another record.</summary>
internal sealed record HostRecord
{
    public required HostId Id { get; init; }

    public required string Name { get; init; }

    public required string MachineId { get; init; }

    public required string KeyThumbprint { get; init; }

    /// <summary>The certificate its agent came in with last; null until it did.</summary>
    public AgentCertificate? Certificate { get; init; }

    /// <summary>The agent's clock less the server's, by its last report; null when it has not said.</summary>
    public TimeSpan? ClockOffset { get; init; }

    public required DateTimeOffset Joined { get; init; }

    public bool Simulated { get; init; }

    public HostAccess Access { get; init; } = HostAccess.Member;

    /// <summary>Identity of the join token that admitted it, and who made that.</summary>
    public required string JoinToken { get; init; }

    public required string AdmittedBy { get; init; }

    /// <summary>Two machines that use this identity in turns; null for none. In memory alone: they show themselves again.</summary>
    public TwiceFinding? Twice { get; init; }

    public long Version { get; init; } = 1;

    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public HelloMessage? Hello { get; init; }

    public InventoryReport? Inventory { get; init; }

    public DateTimeOffset? InventoryAt { get; init; }

    public StateReport? State { get; init; }

    /// <summary>When the last report came, changed or not.</summary>
    public DateTimeOffset? StateAt { get; init; }

    /// <summary>When the report came that the database has: it is given only those that say something new.</summary>
    public DateTimeOffset? StateStoredAt { get; init; }

    /// <summary>Policy name → revision the host is meant to have.</summary>
    public ImmutableSortedDictionary<string, int> Desired { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    public long Generation { get; init; }

    public HostFacts? Facts => Hello?.Host;

    public IReadOnlyList<FunctionFacts> Functions => Inventory?.Functions ?? [];

    public IReadOnlyList<ClaimFacts> Claims => State?.Claims ?? [];

    public IReadOnlyList<AppliedPolicy> Applied => State?.Policies ?? [];
}
