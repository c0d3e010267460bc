using Fleet.Contracts;

namespace Fleet.Web.Layout;

public sealed partial class Navigation
{
    protected override string Key => "";

    protected override TimeSpan Pace => TimeSpan.FromSeconds(1);

    protected override bool Watches(string topic) => topic is not "events";

    protected override async Task<NavigationCounts> ReadAsync(CancellationToken ct)
    {
        Task<VersionView> version = Api.GetVersionAsync(ct);
        OverviewView overview = await Api.GetOverviewAsync(ct);
        return NavigationCounts.Of(overview, await version);
    }
}
