namespace Fleet.Contracts;

/// <summary>A policy on a host: what is wanted and what the agent reports.</summary>
/// <param name="Name">The policy.</param>
/// <param name="Desired">Revision the server wants; null when it wants none.</param>
/// <param name="Reported">Revision the agent says is in force; null when none is.</param>
public sealed record HostPolicy(string Name, int? Desired, int? Reported);
