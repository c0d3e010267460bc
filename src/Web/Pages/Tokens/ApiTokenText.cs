using Fleet.Contracts;
using Fleet.Web.Text;

namespace Fleet.Web.Pages.Tokens;

/// <summary>API tokens in words.</summary>
public static class ApiTokenText
{
    /// <summary>Whether it still lets somebody in; judged here too, since it may have expired since it was read.</summary>
    public static bool IsOpen(ApiTokenView token, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(token);
        return token.State is "active" && !(token.Expires <= now);
    }

    public static Tone StateOf(ApiTokenView token, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(token);
        return token switch
        {
            { State: "revoked" } => new Tone("revoked", "x", ""),
            { State: "expired" } => new Tone("expired", "clock", ""),
            { State: "active" } when token.Expires <= now => new Tone("expired", "clock", ""),
            { State: "active" } => new Tone("active", "ok", "ok"),
            _ => new Tone(token.State, "unknown", "unknown"),
        };
    }

    /// <summary>"in 89 d", "2 d ago", "never".</summary>
    public static string Ends(ApiTokenView token, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(token);
        return token.Expires switch
        {
            null => "never",
            { } end when end > now => $"in {Show.Span(end - now)}",
            { } end => $"{Show.Span(now - end)} ago",
        };
    }

    /// <summary>What it may do, short: the role whose scopes it has, or their number and the first.</summary>
    public static string Scope(IReadOnlyList<string> scopes)
    {
        ArgumentNullException.ThrowIfNull(scopes);
        return Roles.All.FirstOrDefault(role => Roles.ScopesOf(role).ToHashSet().SetEquals(scopes)) is { } same ? $"as {same}"
            : scopes.Count <= 3 ? string.Join(", ", scopes)
            : $"{scopes[0]}, {scopes[1]} and {Show.Count(scopes.Count - 2)} more";
    }

    /// <summary>What is risky about it, before it is made.</summary>
    public static string Advice(IReadOnlyCollection<string> scopes, long ttl)
    {
        ArgumentNullException.ThrowIfNull(scopes);
        return scopes.Count is 0 ? "A token needs at least one scope. The fewest that will do are the safest."
            : scopes.Contains(Scopes.TokensWrite) ? "It can make more tokens, which stay when it is revoked."
            : ttl is 0 ? "It never expires: whoever finds it may use it until somebody revokes it."
            : $"{Show.Counted(scopes.Count, "scope")}. To replace a token without a gap, make the next one, let programs change over, then revoke the old one.";
    }
}
