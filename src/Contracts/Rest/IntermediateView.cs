namespace Fleet.Contracts;

/// <summary>An intermediate authority.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="State">"prepared", "activated" or "retired".</param>
/// <param name="Issues">Whether it is the one that issues now.</param>
/// <param name="Expires">When it expires.</param>
/// <param name="Since">Since when it is in this state.</param>
/// <param name="Agents">Agents that use a certificate of it; null where that is not known.</param>
public sealed record IntermediateView(int Number, string State, bool Issues, DateTimeOffset Expires, DateTimeOffset Since, int? Agents);
