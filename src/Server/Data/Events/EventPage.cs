namespace Fleet.Server.Data.Events;

/// <summary>What a reading found, and where the next one goes on; null when there is nothing more.</summary>
internal sealed record EventPage(IReadOnlyList<StoredEvent> Items, EventPosition? Next);
