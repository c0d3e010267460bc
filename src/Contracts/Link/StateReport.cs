namespace Fleet.Contracts;

/// <summary>What changes often on a host.</summary>
/// <param name="Generation">Generation of the host's assignment that is in force; 0 for none.</param>
/// <param name="Policies">The policies in force, with their revisions.</param>
/// <param name="Claims">Every claim in force.</param>
/// <param name="EventsSpooled">Events that wait on the agent for acknowledgement.</param>
/// <param name="Rejected">Why the last assignment was not put in force; null when it was.</param>
/// <param name="SpoolTrouble">What the agent's disk does not take now, events or evidence, and why, in sentences; null when it takes all.</param>
/// <param name="Time">The agent's clock when it sent this, so that the server sees how far it is off; null from agents before version 3.</param>
/// <param name="PolicyKeys">Number of the list of policy keys that the agent has; 0 for none, null from agents before version <see cref="LinkProtocol.PolicyKeysSince"/>.</param>
/// <param name="RejectedGeneration">
/// Generation of the assignment that was not put in force; null when none was refused, when what came was not the server's and so has none, and from agents
/// that do not say it.
/// </param>
public sealed record StateReport(
    long Generation, IReadOnlyList<AppliedPolicy> Policies, IReadOnlyList<ClaimFacts> Claims, long EventsSpooled, string? Rejected,
    string? SpoolTrouble = null, DateTimeOffset? Time = null, long? PolicyKeys = null, long? RejectedGeneration = null);
