namespace Fleet.Broker;

/// <summary>How an access ended.</summary>
/// <param name="Status">What happened.</param>
/// <param name="Count">Bytes read or written; 0 unless done.</param>
public readonly record struct AccessResult(AccessStatus Status, int Count);
