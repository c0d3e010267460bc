using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Server.Data.Events;
using Fleet.Server.Live;

namespace Fleet.Server.Features.Overview;

/// <summary>Decides what an operator should look at, worst first.</summary>
internal static class Attention
{
    private const int Most = 50;
    private static readonly string[] Worst = ["bad", "warn", "shadow", "unknown"];

    public static IReadOnlyList<AttentionItem> Of(
        IReadOnlyList<HostView> hosts,
        IReadOnlyList<ContentionRow> hour,
        IReadOnlyDictionary<HostId, long> losses,
        RolloutFigures rollouts,
        HostDirectory directory,
        DateTimeOffset now) =>
    [
        .. Contention(hour).Concat(Hosts(hosts)).Concat(Lost(losses, directory, now)).Concat(rollouts.Failed)
            .OrderBy(item => Array.IndexOf(Worst, item.Severity)).ThenByDescending(item => item.Since).Take(Most),
    ];

    private static IEnumerable<AttentionItem> Contention(IReadOnlyList<ContentionRow> hour)
    {
        foreach (var group in hour.GroupBy(row => (row.Host, row.HostName, row.Function, row.Comm, row.Decision)))
        {
            (string severity, string what) = group.Key.Decision switch
            {
                "refuse" => ("bad", "accesses refused"),
                "would-refuse" => ("shadow", "accesses would have been refused"),
                "read-only" => ("warn", "writes refused because the function is opened read-only"),
                _ => ("warn", "contention"),
            };
            string tool = group.Key.Comm.Length > 0 ? group.Key.Comm : "an unknown process";
            string link = PciAddress.TryParse(group.Key.Function, out PciAddress address)
                ? $"/functions/{new FunctionId(group.Key.Host, address)}"
                : $"/hosts/{group.Key.Host}";
            yield return new AttentionItem(
                severity,
                $"{group.Key.Function} on {group.Key.HostName}",
                $"had {group.Sum(row => row.Count)} {what} in the last hour",
                $"by {tool}",
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

            if (host.State is HostStates.Silent)
            {
                yield return new AttentionItem(
                    "unknown", host.Name, "is silent; what is shown of it may not be so any more", "its agent is not connected", host.LastSeen, "Open host", link);
            }

            if (host.DuplicateMachineId)
            {
                yield return new AttentionItem(
                    "warn", host.Name, "has the machine id of another host", $"machine id {host.Facts?.MachineId ?? "unknown"}: a cloned image, or a host that joined twice", host.Joined, "Open host", link);
            }
        }
    }

    private static IEnumerable<AttentionItem> Lost(IReadOnlyDictionary<HostId, long> losses, HostDirectory directory, DateTimeOffset now) =>
        losses.Select(loss => new AttentionItem(
            "warn",
            directory.TryGet(loss.Key, out HostRecord? host) ? host.Name : loss.Key.ToString(),
            $"lost {loss.Value} events in the last 24 hours",
            "its agent announced it; the events say why",
            now.AddDays(-1),
            "Open events",
            $"/events?q={Uri.EscapeDataString($"kind:agent.loss and host:{loss.Key}")}"));
}
