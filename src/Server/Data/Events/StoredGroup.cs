using Fleet.Contracts;

namespace Fleet.Server.Data.Events;

/// <summary>What came of a group of batches.</summary>
/// <param name="Events">The events that were new, each with its sequence.</param>
/// <param name="Marks">The sequence reached by each batch's epoch, in the order of the batches.</param>
/// <param name="Last">The last position of the store.</param>
internal sealed record StoredGroup(IReadOnlyList<FleetEvent> Events, IReadOnlyList<long> Marks, EventPosition Last);
