using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Live;

namespace Fleet.Server.Features.Overview;

/// <summary>What of hosts' identities an operator should look at: machines that cannot be told apart, each group once, and hosts that another one replaced.</summary>
internal static class HostAttention
{
    public static IEnumerable<AttentionItem> Of(IReadOnlyList<HostView> hosts)
    {
        foreach (HostView host in hosts.Where(host => host.ConnectedTwice is not null))
        {
            yield return new AttentionItem(
                "bad", host.Name, "is connected twice: two machines use its key", host.ConnectedTwiceNote ?? "", host.ConnectedTwice!.Value, "Open host", $"/hosts/{host.Id}");
        }

        List<IGrouping<string, HostView>> groups = [.. hosts.Where(host => host.DuplicateMachineId).GroupBy(host => host.Facts?.MachineId ?? "")];
        if (groups.Count > Attention.EachByItself)
        {
            yield return new AttentionItem(
                "warn",
                $"{Attention.Number(groups.Sum(group => group.Count()))} hosts",
                $"share {Attention.Number(groups.Count)} machine ids",
                "images were cloned; give each machine an id of its own with systemd-machine-id-setup and restart its agent",
                groups.Max(group => group.Max(host => host.Joined)),
                "Open hosts",
                Attention.Query("hosts", "duplicate:true"));
            groups = [];
        }

        foreach (IGrouping<string, HostView> twins in groups)
        {
            List<HostView> ordered = [.. twins.OrderBy(host => host.Joined)];
            string others = ordered.Count switch
            {
                1 => "another host",
                2 => ordered[1].Name,
                _ => $"{Attention.Number(ordered.Count - 1)} others",
            };
            yield return new AttentionItem(
                "warn",
                ordered[0].Name,
                $"has the machine id of {others}",
                $"machine id {(twins.Key.Length > 0 ? twins.Key : "unknown")}: one image was cloned; give each machine its own with systemd-machine-id-setup and restart its agent",
                ordered[^1].Joined,
                "Open hosts",
                twins.Key.Length > 0 ? Attention.Query("hosts", $"machine:{Selector.Quote(twins.Key)}") : Attention.Query("hosts", "duplicate:true"));
        }

        List<HostView> replaced = [.. hosts.Where(host => host.ReplacedBy is not null && host.State is HostStates.Silent or HostStates.Stale)];
        if (replaced.Count > 0)
        {
            HostView first = replaced[0];
            yield return new AttentionItem(
                "unknown",
                replaced.Count is 1 ? first.Name : $"{Attention.Number(replaced.Count)} hosts",
                replaced.Count is 1 ? "joined again with a new key and left this host behind" : "joined again with a new key and left their old hosts behind",
                "delete the old host once nothing of it is needed",
                replaced.Max(host => host.LastSeen),
                replaced.Count is 1 ? "Open host" : "Open hosts",
                replaced.Count is 1 ? $"/hosts/{first.Id}" : Attention.Query("hosts", "replaced:true"));
        }
    }
}
