using System.Globalization;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Server.Data.Events;
using Fleet.Server.Live;

namespace Fleet.Server.Features.Overview;

/// <summary>Decides what an operator should look at, worst first.</summary>
internal static class Attention
{
    /// <summary>As many of one kind are named; more are one item, or nothing else would be seen for them.</summary>
    public const int EachByItself = 10;

    private const int Most = 50;
    private static readonly string[] Worst = ["bad", "warn", "shadow", "unknown"];

    public static IReadOnlyList<AttentionItem> Of(
        IReadOnlyList<HostView> hosts,
        IReadOnlyList<ContentionRow> hour,
        IReadOnlyDictionary<HostId, long> losses,
        IEnumerable<AttentionItem> others,
        HostDirectory directory,
        DateTimeOffset now) =>
    [
        .. Contention(hour).Concat(Hosts(hosts)).Concat(HostAttention.Of(hosts)).Concat(Lost(losses, directory, now)).Concat(others)
            .OrderBy(item => Array.IndexOf(Worst, item.Severity)).ThenByDescending(item => item.Since).Take(Most),
    ];

    private static IEnumerable<AttentionItem> Contention(IReadOnlyList<ContentionRow> hour)
    {
        // What a policy answers otherwise works as it was told; it is in the chart, and nobody needs to act on it.
        IEnumerable<ContentionRow> notable = hour.Where(row => row.Decision is not ("ones" or "cached" or "virtualise"));
        foreach (var group in notable.GroupBy(row => (row.Host, row.HostName, row.Kind, row.Function, row.Comm, row.Decision)))
        {
            long count = group.Sum(row => row.Count);
            string times = count is 1 ? "once" : $"{count.ToString("N0", CultureInfo.InvariantCulture)} times";
            string where = $"{times} at {group.Key.Function} on {group.Key.HostName}";
            (string severity, string what, string cause) = group.Key.Decision switch
            {
                _ when group.Key.Kind is EventKinds.ContentionBypass => ("bad", $"went around the broker {where}", "A sensor saw it reach a claimed region directly"),
                "refuse" => ("bad", $"was refused {where}", "It reached into a region that another holds"),
                "would-refuse" => ("shadow", $"would have been refused {where}", "It reaches into a claimed region; the claim's mode is shadow"),
                "read-only" => ("warn", $"was not let write {where}", "The agent opens that function read-only"),
                "wait" => ("warn", $"waited {where}", "Another holds the region"),
                _ => ("warn", $"waited {where}", "Another was using the mailbox"),
            };
            string link = PciAddress.TryParse(group.Key.Function, out PciAddress address)
                ? $"/functions/{new FunctionId(group.Key.Host, address)}"
                : $"/hosts/{group.Key.Host}";
            yield return new AttentionItem(
                severity,
                group.Key.Comm.Length > 0 ? group.Key.Comm : "A process without a name",
                what,
                cause,
                group.Min(row => row.Minute),
                "Open function",
                link);
        }
    }

    private static IEnumerable<AttentionItem> Hosts(IReadOnlyList<HostView> hosts)
    {
        foreach (HostView host in hosts)
        {
            string link = $"/hosts/{host.Id}";
            if (host.Rejected is { } reason)
            {
                yield return new AttentionItem("bad", host.Name, "rejected its policies and keeps what it had", reason, host.LastSeen, "Open host", link);
            }

            if (host is { SpoolTrouble: { } trouble, ReplacedBy: null })
            {
                yield return new AttentionItem("warn", host.Name, "has a disk that does not take what its agent keeps; more will be lost or refused", trouble, host.LastSeen, "Open host", link);
            }
        }

        List<HostView> silent = [.. hosts.Where(host => host.State is HostStates.Silent && host.ReplacedBy is null)];
        if (silent.Count > EachByItself)
        {
            yield return new AttentionItem(
                "unknown",
                $"{silent.Count.ToString("N0", CultureInfo.InvariantCulture)} hosts",
                "are silent; what is shown of them may not be so any more",
                "their agents are not connected",
                silent.Max(host => host.LastSeen),
                "Open hosts",
                $"/hosts?q={Uri.EscapeDataString("state:silent")}");
            yield break;
        }

        foreach (HostView host in silent)
        {
            yield return new AttentionItem(
                "unknown", host.Name, "is silent; what is shown of it may not be so any more", "its agent is not connected", host.LastSeen, "Open host", $"/hosts/{host.Id}");
        }
    }

    private static IEnumerable<AttentionItem> Lost(IReadOnlyDictionary<HostId, long> losses, HostDirectory directory, DateTimeOffset now) =>
        losses.Select(loss => new AttentionItem(
            "warn",
            directory.TryGet(loss.Key, out HostRecord? host) ? host.Name : loss.Key.ToString(),
            loss.Value is 1 ? "lost 1 event in the last 24 hours" : $"lost {loss.Value.ToString("N0", CultureInfo.InvariantCulture)} events in the last 24 hours",
            "its agent announced it; the events say why",
            now.AddDays(-1),
            "Open events",
            $"/events?q={Uri.EscapeDataString($"kind:agent.loss and host:{loss.Key}")}"));
}
