using Fleet.Contracts;

namespace Fleet.Web.Layout;

/// <summary>The counts beside the words of the navigation.</summary>
public sealed record NavigationCounts(
    long Attention, long Hosts, long Functions, long Mailboxes, long Claims, long Policies, long Rollouts,
    string Version, int Protocol, string Principal)
{
    public static NavigationCounts Of(OverviewView overview, VersionView version)
    {
        ArgumentNullException.ThrowIfNull(overview);
        ArgumentNullException.ThrowIfNull(version);
        return new NavigationCounts(
            overview.Attention.Count, overview.Hosts.Values.Sum(), overview.Functions, overview.Mailboxes.Values.Sum(),
            overview.Claims.Values.Sum(), overview.Policies, Running(overview.Rollouts),
            version.Version, version.Protocol, version.Principal);
    }

    private static int Running(IReadOnlyDictionary<string, int> phases) =>
        phases.GetValueOrDefault("running") + phases.GetValueOrDefault("paused");
}
