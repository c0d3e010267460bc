namespace Fleet.Contracts;

/// <summary>The first message of an agent on each connection.</summary>
/// <param name="Protocol">Version of the link protocol the agent speaks; see <see cref="LinkProtocol"/>.</param>
/// <param name="Epoch">Life of the agent's spool.</param>
/// <param name="Host">The host's facts now.</param>
/// <param name="InventoryHash">Content hash of the inventory the agent would send.</param>
/// <param name="Endpoints">Where the agent's own services are, by name ("metrics", "mirror"); local to the host.</param>
/// <param name="Identity">The host that the agent takes itself for; one that its certificate contradicts is refused. Null from agents before version 3.</param>
public sealed record HelloMessage(
    int Protocol, long Epoch, HostFacts Host, string InventoryHash, IReadOnlyDictionary<string, string> Endpoints, HostId? Identity = null);
