using System.Globalization;
using Fleet.Contracts;
using Fleet.Server.Data.Events;
using Fleet.Server.Live;

namespace Fleet.Server.Features.Overview;

/// <summary>Decides what an operator should look at, worst first.</summary>
internal static class Attention
{
    /// <summary>As many of one kind are named; more are one item, or nothing else would be seen for them.</summary>
    public const int EachByItself = 10;

    private const string MoreLost = "; more will be lost or refused";
    private static readonly string[] Worst = ["bad", "warn", "shadow", "unknown"];

    /// <summary>All there is, worst first; of what is equally bad, what stands until somebody acts comes before what tools did in the last hour.</summary>
    public static IReadOnlyList<AttentionItem> Of(
        IReadOnlyList<HostView> hosts,
        IReadOnlyList<ContentionRow> hour,
        IReadOnlyDictionary<HostId, long> losses,
        IEnumerable<AttentionItem> others,
        HostDirectory directory,
        DateTimeOffset now)
    {
        IEnumerable<AttentionItem> standing = others.Concat(Hosts(hosts)).Concat(HostAttention.Of(hosts)).Concat(Lost(losses, directory, now));
        return
        [
            .. standing.Select(item => (Item: item, Passing: false)).Concat(ContentionAttention.Of(hour).Select(item => (Item: item, Passing: true)))
                .OrderBy(ranked => Array.IndexOf(Worst, ranked.Item.Severity)).ThenBy(ranked => ranked.Passing).ThenByDescending(ranked => ranked.Item.Since)
                .Select(ranked => ranked.Item),
        ];
    }

    /// <summary>An item for each thing of a kind or, where they are many, one for all.</summary>
    public static IEnumerable<AttentionItem> EachOr<T>(IReadOnlyList<T> things, Func<T, AttentionItem> each, Func<IReadOnlyList<T>, AttentionItem> all) =>
        things.Count > EachByItself ? [all(things)] : things.Select(each);

    public static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    public static string Query(string page, string filter) => $"/{page}?q={Uri.EscapeDataString(filter)}";

    private static IEnumerable<AttentionItem> Hosts(IReadOnlyList<HostView> hosts)
    {
        List<HostView> mine = [.. hosts.Where(host => host.ReplacedBy is null)];
        return EachOr(
            [.. hosts.Where(host => host.Rejected is not null)],
            host => new AttentionItem("bad", host.Name, "rejected its policies and keeps what it had", host.Rejected!, host.LastSeen, "Open host", $"/hosts/{host.Id}"),
            all => new AttentionItem(
                "bad",
                $"{Number(all.Count)} hosts",
                "rejected their policies and keep what they had",
                $"{all[0].Name}: {all[0].Rejected}",
                all.Max(host => host.LastSeen),
                "Open hosts",
                Query("hosts", "rejected:true")))
            .Concat(EachOr(
                [.. mine.Where(host => host.SpoolTrouble is not null)],
                host => new AttentionItem("warn", host.Name, $"has a disk that does not take what its agent keeps{MoreLost}", host.SpoolTrouble!, host.LastSeen, "Open host", $"/hosts/{host.Id}"),
                all => new AttentionItem(
                    "warn",
                    $"{Number(all.Count)} hosts",
                    $"have disks that do not take what their agents keep{MoreLost}",
                    $"{all[0].Name}: {all[0].SpoolTrouble}",
                    all.Max(host => host.LastSeen),
                    "Open hosts",
                    Query("hosts", "trouble:true"))))
            .Concat(EachOr(
                [.. mine.Where(host => host.State is HostStates.Silent)],
                host => new AttentionItem(
                    "unknown", host.Name, "is silent; what is shown of it may not be so any more", "its agent is not connected", host.LastSeen, "Open host", $"/hosts/{host.Id}"),
                all => new AttentionItem(
                    "unknown",
                    $"{Number(all.Count)} hosts",
                    "are silent; what is shown of them may not be so any more",
                    "their agents are not connected",
                    all.Max(host => host.LastSeen),
                    "Open hosts",
                    Query("hosts", "state:silent"))));
    }

    private static IEnumerable<AttentionItem> Lost(IReadOnlyDictionary<HostId, long> losses, HostDirectory directory, DateTimeOffset now) =>
        losses.Select(loss => new AttentionItem(
            "warn",
            directory.TryGet(loss.Key, out HostRecord? host) ? host.Name : loss.Key.ToString(),
            loss.Value is 1 ? "lost 1 event in the last 24 hours" : $"lost {Number(loss.Value)} events in the last 24 hours",
            "its agent announced it; the events say why",
            now.AddDays(-1),
            "Open events",
            Query("events", $"kind:agent.loss and host:{loss.Key}")));
}
