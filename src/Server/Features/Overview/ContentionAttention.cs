using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Policy;
using Fleet.Server.Data.Events;

namespace Fleet.Server.Features.Overview;

/// <summary>Which tools collided with whom in the last hour: each place by itself, and what one tool does everywhere as one item.</summary>
internal static class ContentionAttention
{
    // What a policy answers otherwise works as it was told; it is in the chart, and nobody needs to act on it.
    private static readonly string[] AsTold = ["ones", "cached", "virtualise"];

    public static IEnumerable<AttentionItem> Of(IReadOnlyList<ContentionRow> hour) => hour
        .Where(row => !AsTold.Contains(row.Decision))
        .GroupBy(row => (row.Kind, row.Comm, row.Decision))
        .SelectMany(tool => Of([.. tool.GroupBy(row => (row.Host, row.Function)).Select(rows => new Place([.. rows]))]));

    private static IEnumerable<AttentionItem> Of(IReadOnlyList<Place> places) =>
        Attention.EachOr(places, Single, Everywhere);

    private static AttentionItem Single(Place place)
    {
        ContentionRow row = place.Any;
        string link = PciAddress.TryParse(row.Function, out PciAddress address) ? $"/functions/{new FunctionId(row.Host, address)}" : $"/hosts/{row.Host}";
        return Item(row, place.Count, row.Function.Length > 0 ? $"at {row.Function} on {row.HostName}" : $"on {row.HostName}", place.Since, "Open function", link);
    }

    private static AttentionItem Everywhere(IReadOnlyList<Place> places)
    {
        ContentionRow row = places[0].Any;
        List<string> conditions = [$"kind:{row.Kind}"];
        if (row.Comm.Length > 0 && row.Comm is not SumVariety.Others)
        {
            conditions.Add($"comm:{Selector.Quote(row.Comm)}");
        }

        if (row.Decision.Length > 0)
        {
            conditions.Add($"decision:{row.Decision}");
        }

        int hosts = places.DistinctBy(place => place.Any.Host).Count();
        string where = $"at {Attention.Number(places.Count)} functions on {(hosts is 1 ? row.HostName : $"{Attention.Number(hosts)} hosts")}";
        return Item(
            row, SumBounds.Total(places.Select(place => place.Count)), where, places.Min(place => place.Since), "Open events", Attention.Query("events", string.Join(" and ", conditions)));
    }

    private static AttentionItem Item(ContentionRow row, long count, string where, DateTimeOffset since, string action, string link)
    {
        string often = $"{(count is 1 ? "once" : $"{Attention.Number(count)} times")} {where}";
        (string severity, string what, string cause) = row.Decision switch
        {
            _ when row.Kind is EventKinds.ContentionBypass => ("bad", $"went around the broker {often}", "A sensor saw it reach a claimed region directly"),
            "refuse" => ("bad", $"was refused {often}", "It reached into a region that another holds"),
            "would-refuse" => ("shadow", $"would have been refused {often}", "It reaches into a claimed region; the claim's mode is shadow"),
            "read-only" => ("warn", $"was not let write {often}", "The agent opens that function read-only"),
            "wait" => ("warn", $"waited {often}", "Another holds the region"),
            _ => ("warn", $"waited {often}", "Another was using the mailbox"),
        };
        return new AttentionItem(severity, row.Comm.Length > 0 ? row.Comm : "A process without a name", what, cause, since, action, link);
    }

    // One function of one host, and what one tool did there.
    private sealed record Place(IReadOnlyList<ContentionRow> Rows)
    {
        public ContentionRow Any => Rows[0];

        public long Count => SumBounds.Total(Rows.Select(row => row.Count));

        public DateTimeOffset Since => Rows.Min(row => row.Minute);
    }
}
