namespace Fleet.Contracts;

/// <summary>A claim in force, with its host.</summary>
/// <param name="Host">The host.</param>
/// <param name="HostName">The host's name.</param>
/// <param name="Function">The function.</param>
/// <param name="Claim">The claim as its agent reported it.</param>
public sealed record ClaimView(HostId Host, string HostName, FunctionId Function, ClaimFacts Claim);
