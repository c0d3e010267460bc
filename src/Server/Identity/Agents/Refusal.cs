namespace Fleet.Server.Identity.Agents;

/// <summary>Why an agent is not let in.</summary>
/// <param name="Reason">One of <see cref="Fleet.Contracts.Refusals"/>.</param>
/// <param name="Subject">Whom it concerns: a host that a certificate of ours names; null where nothing is verified.</param>
/// <param name="Detail">What happened and what to do, for the agent's log.</param>
internal sealed record Refusal(string Reason, string? Subject, string Detail);
