namespace Fleet.Simulator.Load;

/// <summary>All that is kept of an event until it is acknowledged.</summary>
/// <param name="Sequence">Its place in the epoch.</param>
/// <param name="At">When it was made, by the true clock.</param>
/// <param name="Salt">What tells it from others.</param>
/// <param name="Lost">When above 0 it is the announcement of so many lost ones.</param>
internal readonly record struct MadeEvent(long Sequence, DateTimeOffset At, long Salt, long Lost);
