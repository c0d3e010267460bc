using Fleet.Contracts;
using Fleet.Web.Text;

namespace Fleet.Web.Pages.JoinTokens;

/// <summary>What a person does with a join token, and where it stands.</summary>
public static class JoinCommand
{
    /// <summary>The exact command for a host.</summary>
    public static string Of(JoinTokenCreated created)
    {
        ArgumentNullException.ThrowIfNull(created);
        return $"fleet-agent run --server {created.Server} --token {created.Token} --data /var/lib/pcifleet/agent";
    }

    /// <summary>Whether a host can still join with it; judged here too, since it may have expired since it was read.</summary>
    public static bool IsOpen(JoinTokenView token, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(token);
        return token.State is "active" && token.Used < token.Uses && token.Expires > now;
    }

    public static Tone StateOf(JoinTokenView token, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(token);
        return token switch
        {
            { State: "revoked" } => new Tone("revoked", "x", ""),
            { State: "used-up" } => new Tone("used up", "minus", ""),
            { State: "expired" } => new Tone("expired", "clock", ""),
            { State: "active" } when token.Used >= token.Uses => new Tone("used up", "minus", ""),
            { State: "active" } when token.Expires <= now => new Tone("expired", "clock", ""),
            { State: "active" } => new Tone("open", "ok", "ok"),
            _ => new Tone(token.State, "unknown", "unknown"),
        };
    }

    /// <summary>"in 23 h", "2 d ago".</summary>
    public static string Ends(JoinTokenView token, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(token);
        return token.Expires > now ? $"in {Show.Span(token.Expires - now)}" : $"{Show.Span(now - token.Expires)} ago";
    }

    /// <summary>What a person calls it: its note, else the end of its id, which differs where the beginning is a time.</summary>
    public static string Name(JoinTokenView token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return token.Note is { Length: > 0 } note ? note : $"token …{Tail(token.Id)}";
    }

    public static string Tail(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return id.Length > 8 ? id[^8..] : id;
    }
}
