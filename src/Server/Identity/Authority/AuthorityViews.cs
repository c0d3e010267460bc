using Fleet.Contracts;

namespace Fleet.Server.Identity.Authority;

/// <summary>The authority as people see it: over REST, and on the command line.</summary>
internal static class AuthorityViews
{
    /// <param name="authority">The authority.</param>
    /// <param name="rootKeyHere">Whether the root's key is in the data directory.</param>
    /// <param name="agents">How many agents use a certificate of which intermediate; null where that is not known.</param>
    /// <param name="policyKeys">The keys that sign assignments.</param>
    public static AuthorityView Of(AuthoritySnapshot authority, bool rootKeyHere, IReadOnlyDictionary<int, int>? agents, PolicyKeysView policyKeys) => new(
        authority.Fingerprint,
        authority.Root.NotAfter.ToUniversalTime(),
        rootKeyHere,
        [.. authority.Intermediates.OrderBy(one => one.Entry.Number).Select(one => new IntermediateView(
            one.Entry.Number,
            Word(one.Entry.State),
            one == authority.Issuing,
            one.Certificate.NotAfter.ToUniversalTime(),
            one.Entry.Since,
            agents is null ? null : agents.GetValueOrDefault(one.Entry.Number)))],
        policyKeys);

    public static string Word(IntermediateState state) => state.ToString().ToLowerInvariant();
}
