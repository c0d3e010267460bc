using Fleet.Server.Domain.Hosts;

namespace Fleet.Server.Live;

/// <summary>The states of a host, as the API names them.</summary>
internal static class HostStates
{
    public const string Live = "live";
    public const string Stale = "stale";
    public const string Silent = "silent";
    public const string Evicted = "evicted";
    public const string Banned = "banned";
    public static readonly IReadOnlyList<string> All = [Live, Stale, Silent, Evicted, Banned];
    private static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SilentAfter = TimeSpan.FromMinutes(5);

    /// <summary>The state of a host that may not come in; null for one that may.</summary>
    public static string? Of(AccessState access) => access switch
    {
        AccessState.Evicted => Evicted,
        AccessState.Banned => Banned,
        _ => null,
    };

    /// <summary>The state of a host whose agent is connected, or gave its last sign of life so long ago.</summary>
    public static string Of(bool connected, TimeSpan quiet) =>
        connected || quiet < StaleAfter ? Live : quiet < SilentAfter ? Stale : Silent;
}
