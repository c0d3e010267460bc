using Fleet.Contracts;

namespace Fleet.Agent.Uplink;

/// <summary>The host as the uplink tells of it: the composed agent, or a test's.</summary>
internal interface ILinkedHost
{
    HostFacts Facts { get; }

    InventoryReport Inventory { get; }

    IReadOnlyDictionary<string, string> Endpoints { get; }

    IReadOnlyList<ClaimFacts> Claims();

    /// <summary>Returns when facts, inventory or claims may have changed since the last call.</summary>
    Task WaitForChangeAsync(CancellationToken ct);
}
