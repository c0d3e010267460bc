using Fleet.Contracts;

namespace Fleet.Server.Data.Events;

/// <summary>An event and where it is stored.</summary>
internal readonly record struct StoredEvent(EventPosition Position, FleetEvent Event);
