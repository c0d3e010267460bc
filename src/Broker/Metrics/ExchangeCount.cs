namespace Fleet.Broker;

/// <summary>How often exchanges of a feature ended in a way.</summary>
/// <param name="Feature">The feature ("0001:01"), or "other" beyond the features counted one by one.</param>
/// <param name="Outcome">"ok", or why it failed.</param>
/// <param name="Count">How often.</param>
public readonly record struct ExchangeCount(string Feature, string Outcome, long Count);
