namespace Fleet.Server.Data.Events;

/// <summary>What a reading found, and where the next one goes on; null when there is nothing more.</summary>
/// <param name="Items">The events.</param>
/// <param name="Next">Where to go on.</param>
/// <param name="More">Whether a reading forwards ended before the end of what is stored: the page is full, or the budget used up.</param>
internal sealed record EventPage(IReadOnlyList<StoredEvent> Items, EventPosition? Next, bool More = false);
