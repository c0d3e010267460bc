namespace Fleet.Contracts;

/// <summary>A host in a rollout.</summary>
/// <param name="Host">The host.</param>
/// <param name="HostName">Its name.</param>
/// <param name="State">"pending", "assigned", "applied", "failed" (the agent rejected it), "silent".</param>
/// <param name="Reported">Revision the host reports; null for none.</param>
/// <param name="Note">Why it failed; null when it did not.</param>
public sealed record RolloutTarget(HostId Host, string HostName, string State, int? Reported, string? Note);
