namespace Fleet.Broker;

/// <summary>What a write to a virtual register asks for beyond the registers themselves.</summary>
/// <param name="Kind">What is to be done.</param>
/// <param name="Flight">Number of the exchange that Go begins.</param>
/// <param name="Object">The object to send, with its header; for Go.</param>
/// <param name="Note">What was dropped and why, for Discard.</param>
internal readonly record struct RegisterEffect(EffectKind Kind, long Flight = 0, byte[]? Object = null, string? Note = null);
