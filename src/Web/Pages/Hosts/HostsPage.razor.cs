using Fleet.Contracts;

namespace Fleet.Web.Pages.Hosts;

public sealed partial class HostsPage
{
    private static readonly string[] States = ["live", "stale", "silent", "evicted", "banned"];
    private static readonly string[] Modes = ["observe", "shadow", "enforce"];

    protected override bool Watches(string topic) => topic is "hosts" or "functions" or "policies" or "rollouts" or "events";

    protected override Task<Page<HostView>> ReadAsync(CancellationToken ct) => Api.ListHostsAsync(Query, ct);
}
