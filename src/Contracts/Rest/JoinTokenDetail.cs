namespace Fleet.Contracts;

/// <summary>A join token with whom it admitted.</summary>
/// <param name="Token">The token.</param>
/// <param name="Hosts">Hosts it admitted that have not been deleted, the newest first; at most 500.</param>
/// <param name="HostsTotal">How many there are. Fewer than its uses where hosts were deleted or joined again with another token.</param>
public sealed record JoinTokenDetail(JoinTokenView Token, IReadOnlyList<AdmittedHost> Hosts, int HostsTotal);
