using Fleet.Contracts;

namespace Fleet.Web.Pages.Hosts;

public sealed partial class HostsPage
{
    private static readonly string[] States = ["live", "stale", "silent", "evicted", "banned"];
    private static readonly string[] Modes = ["observe", "shadow", "enforce"];

    private static readonly Dictionary<string, Func<HostView, IComparable?>> Columns = new()
    {
        ["name"] = h => h.Name,
        ["state"] = h => h.State,
        ["seen"] = h => h.LastSeen,
        ["kernel"] = h => h.Kernel,
        ["mode"] = h => h.Facts?.Mode,
        ["functions"] = h => h.Functions,
        ["mailboxes"] = h => h.Mailboxes,
        ["contentions"] = h => h.Contentions,
    };

    protected override bool Watches(string topic) => topic is "hosts" or "functions" or "policies" or "rollouts" or "events";

    protected override Task<Page<HostView>> ReadAsync(CancellationToken ct) => Api.ListHostsAsync(Query, ct);
}
