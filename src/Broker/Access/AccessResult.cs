namespace Fleet.Broker;

/// <summary>How an access ended.</summary>
/// <param name="Status">What happened.</param>
/// <param name="Count">Bytes read or written; 0 unless done.</param>
/// <param name="Parked">Where the answer comes from when the status is parked; null otherwise.</param>
public readonly record struct AccessResult(AccessStatus Status, int Count, ParkedAccess? Parked = null);
