namespace Fleet.Contracts;

/// <summary>Who accessed what within one window of time.</summary>
/// <param name="Time">Its end, UTC.</param>
/// <param name="Seconds">How long it was.</param>
/// <param name="Accesses">What was seen, most frequent first; empty when nothing was.</param>
/// <param name="Untold">Accesses that are counted but not described, because too many different ones came.</param>
public sealed record AccessWindow(DateTimeOffset Time, double Seconds, IReadOnlyList<AccessSeen> Accesses, long Untold);
