namespace Fleet.Server.Domain.Hosts;

/// <summary>Who may come in: what an operator can say of a host, and what that makes of what was said before.</summary>
internal static class AccessVerbs
{
    public const string Evict = "evict";
    public const string Ban = "ban";
    public const string Readmit = "readmit";
    public static readonly IReadOnlyList<string> All = [Evict, Ban, Readmit];

    /// <returns>The access after the verb (the same where it changes nothing); null where the verb would undo more than it says.</returns>
    public static AccessState? After(AccessState before, string verb) => (verb, before) switch
    {
        (Readmit, _) => AccessState.Member,
        (Ban, _) => AccessState.Banned,
        (Evict, AccessState.Banned) => null,
        (Evict, _) => AccessState.Evicted,
        _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, "No such verb."),
    };
}
