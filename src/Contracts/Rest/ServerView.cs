namespace Fleet.Contracts;

/// <summary>A server of the control plane. On SQLite there is one; on PostgreSQL as many as share the database.</summary>
/// <param name="Id">Made anew by each process.</param>
/// <param name="Name">The machine, or pod, that it runs on.</param>
/// <param name="Version">What runs there.</param>
/// <param name="Started">When it began.</param>
/// <param name="LastHeard">Its last sign of life.</param>
/// <param name="Alive">False for one that died less than ten minutes ago; its agents have gone elsewhere.</param>
/// <param name="Agents">Agents that it holds.</param>
/// <param name="LeaderSince">Since when it does what one server alone may do (rollouts, attestation schedule, retention); null for one that does not lead.</param>
/// <param name="Answered">True for the one that answered.</param>
public sealed record ServerView(
    string Id, string Name, string Version, DateTimeOffset Started, DateTimeOffset LastHeard, bool Alive, int Agents, DateTimeOffset? LeaderSince, bool Answered);
