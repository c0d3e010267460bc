namespace Fleet.Contracts;

/// <summary>A host in a rollout.</summary>
/// <param name="Host">The host.</param>
/// <param name="HostName">Its name.</param>
/// <param name="State">"pending", "assigned", "applied", "failed" (the agent rejected it), "silent", "out" (the host was evicted, banned or deleted; it counts no more).</param>
/// <param name="Reported">Revision the host reports; null for none.</param>
/// <param name="Note">Why it failed or is out; null otherwise.</param>
public sealed record RolloutTarget(HostId Host, string HostName, string State, int? Reported, string? Note);
