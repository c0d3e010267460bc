using Fleet.Contracts;
using Fleet.Server.Live;

namespace Fleet.Server.Identity.PolicyKeys;

/// <summary>The policy keys as people see them: over REST, and on the command line.</summary>
internal static class PolicyKeyViews
{
    /// <param name="ring">The keys.</param>
    /// <param name="hosts">The hosts whose agents obey them.</param>
    public static PolicyKeysView Of(PolicyKeyRing ring, IEnumerable<HostRecord> hosts)
    {
        HostRecord[] admitted = [.. hosts.Where(host => host.Access.Admitted)];
        return Of(ring, admitted.Count(host => !Has(host, ring.ListNumber)), admitted.Count(host => host.Hello?.Protocol < LinkProtocol.PolicyKeysSince));
    }

    /// <param name="ring">The keys.</param>
    /// <param name="behind">How many agents have not the present list; null where that is not known.</param>
    /// <param name="withoutLists">How many take no list; null where that is not known.</param>
    public static PolicyKeysView Of(PolicyKeyRing ring, int? behind, int? withoutLists) => new(
        ring.List is null ? null : ring.ListNumber,
        [.. ring.Keys.OrderBy(key => key.Number).Select(key => new PolicyKeyView(key.Number, key.ShortName, Word(key.State), key.Counts, key == ring.Signing, key.Since))],
        behind,
        withoutLists);

    public static string Word(PolicyKeyState state) => state.ToString().ToLowerInvariant();

    private static bool Has(HostRecord host, long list) => list is 0 || host.State?.PolicyKeys >= list;
}
