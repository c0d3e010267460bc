namespace Fleet.Contracts;

/// <summary>Consecutive events of one epoch.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="Events">The events, by rising sequence, at most <see cref="LinkProtocol.MaxBatch"/>.</param>
public sealed record EventBatch(long Epoch, IReadOnlyList<FleetEvent> Events);
