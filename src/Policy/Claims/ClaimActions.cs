using Fleet.Contracts;

namespace Fleet.Policy;

/// <summary>Which actions there are for reads and writes, what each decides, and what a claim may not say.</summary>
public static class ClaimActions
{
    /// <summary>How long an access waits for a claim that names no time.</summary>
    public const int DefaultWaitMilliseconds = 250;

    /// <summary>The longest that a claim may let accesses wait.</summary>
    public const int MostWaitMilliseconds = 30_000;

    private const int HashLength = 64;

    /// <summary>What may happen to reads of others. All ones for a write would be none, so writes have fewer.</summary>
    public static IReadOnlyList<ClaimAction> Reads { get; } =
        [ClaimAction.Allow, ClaimAction.Cached, ClaimAction.Ones, ClaimAction.Refuse, ClaimAction.Wait];

    /// <summary>What may happen to writes of others.</summary>
    public static IReadOnlyList<ClaimAction> Writes { get; } =
        [ClaimAction.Virtualise, ClaimAction.Refuse, ClaimAction.Wait, ClaimAction.Allow];

    /// <summary>Why a claim cannot act so; null when it can.</summary>
    public static string? Problem(ClaimAction onRead, ClaimAction onWrite, int? waitMilliseconds) => (onRead, onWrite) switch
    {
        _ when !Reads.Contains(onRead) => $"onRead is not one of {Names(Reads)}.",
        _ when !Writes.Contains(onWrite) => $"onWrite is not one of {Names(Writes)}.",
        _ when waitMilliseconds is < 1 or > MostWaitMilliseconds => $"the time to wait is not between 1 and {MostWaitMilliseconds} ms.",
        _ => null,
    };

    /// <summary>Why a rule can never match; null when it can.</summary>
    public static string? Problem(CallerRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return rule switch
        {
            _ when !NamesSomebody(rule) => "a caller rule names nobody; give at least one of exe, exeHash, uid, unit and container.",
            { ExeHash: { } hash } when !IsHash(hash) => "the exeHash is no SHA-256 of 64 hexadecimal digits.",
            _ => null,
        };
    }

    /// <summary>Whether the text is a SHA-256 in hexadecimal.</summary>
    public static bool IsHash(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length is HashLength && text.All(char.IsAsciiHexDigit);
    }

    internal static bool NamesSomebody(CallerRule rule) =>
        rule.Exe is not null || rule.ExeHash is not null || rule.Uid is not null || rule.Unit is not null || rule.Container is not null;

    /// <summary>What an action decides. What makes no sense here (ones for a write, registers of one's own for no mailbox) is refused.</summary>
    internal static Decision DecisionOf(ClaimAction action, bool write, RegionKind region) => action switch
    {
        ClaimAction.Allow => Decision.Allow,
        ClaimAction.Wait => Decision.Wait,
        ClaimAction.Ones when !write => Decision.Ones,
        ClaimAction.Cached when !write => Decision.Cached,
        ClaimAction.Virtualise when write && region is RegionKind.Doe => Decision.Virtualise,
        _ => Decision.Refuse,
    };

    private static string Names(IReadOnlyList<ClaimAction> actions) => string.Join(", ", actions).ToLowerInvariant();
}
