namespace Fleet.Contracts;

/// <summary>A policy in force on a host.</summary>
/// <param name="Name">The policy.</param>
/// <param name="Revision">The revision, from 1.</param>
/// <param name="AppliedAt">Since when, by the agent's clock.</param>
public sealed record AppliedPolicy(string Name, int Revision, DateTimeOffset AppliedAt);
