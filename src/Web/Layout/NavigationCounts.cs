using Fleet.Contracts;

namespace Fleet.Web.Layout;

/// <summary>The counts beside the words of the navigation.</summary>
public sealed record NavigationCounts(
    long Attention, long Hosts, long Functions, long Mailboxes, long Claims, long Attestation, long Failed, long Policies, long Rollouts,
    string Version, int Protocol, string Principal, string Role)
{
    public static NavigationCounts Of(OverviewView overview, VersionView version)
    {
        ArgumentNullException.ThrowIfNull(overview);
        ArgumentNullException.ThrowIfNull(version);
        return new NavigationCounts(
            overview.AttentionTotal, overview.Hosts.Values.Sum(), overview.Functions, overview.Mailboxes.Values.Sum(),
            overview.Claims.Values.Sum(), Standing(overview.Attestation), overview.Attestation.GetValueOrDefault("failed"), overview.Policies, Running(overview.Rollouts),
            version.Version, version.Protocol, version.Principal, version.Role);
    }

    // Failures where there are some: the number beside a red word is how many.
    private static int Standing(IReadOnlyDictionary<string, int> states) => states.GetValueOrDefault("failed") is > 0 and var failed ? failed : states.Values.Sum();

    private static int Running(IReadOnlyDictionary<string, int> phases) =>
        phases.GetValueOrDefault("running") + phases.GetValueOrDefault("paused");
}
