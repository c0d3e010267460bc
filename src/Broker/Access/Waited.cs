namespace Fleet.Broker;

/// <summary>How long an access waited for a claim.</summary>
/// <param name="For">How long.</param>
/// <param name="Ended">How it ended; parked when it is being carried out.</param>
internal readonly record struct Waited(TimeSpan For, AccessStatus Ended);
