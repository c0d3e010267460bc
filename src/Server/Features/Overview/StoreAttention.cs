using Fleet.Contracts;
using Fleet.Server.Data.Events;

namespace Fleet.Server.Features.Overview;

/// <summary>What of the store of events an operator should look at.</summary>
internal static class StoreAttention
{
    public static IEnumerable<AttentionItem> Of(EventWriter writer, IEventStore store, DateTimeOffset now)
    {
        if (writer.Trouble is { } trouble)
        {
            yield return new AttentionItem(
                "bad", "This server", "cannot store events; agents keep theirs until it can", trouble, now, "Open events", "/events");
        }

        foreach (string name in store.Damaged())
        {
            yield return new AttentionItem(
                "warn", name, "is damaged and was set aside; its events are not shown", "restore it from a backup, or delete it from the data directory", now, "Open events", "/events");
        }
    }
}
