using Fleet.Contracts;
using Fleet.Web.Text;

namespace Fleet.Web.Pages.Settings;

/// <summary>What a person does with a join token.</summary>
public static class JoinCommand
{
    /// <summary>The exact command for a host.</summary>
    public static string Of(JoinTokenCreated created)
    {
        ArgumentNullException.ThrowIfNull(created);
        return $"fleet-agent run --server {created.Server} --token {created.Token} --data /var/lib/pcifleet/agent";
    }

    /// <summary>Whether a host can still join with it.</summary>
    public static bool IsOpen(JoinTokenView token, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(token);
        return token.Used < token.Uses && token.Expires > now;
    }

    public static Tone StateOf(JoinTokenView token, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(token);
        return token switch
        {
            { } when token.Used >= token.Uses => new Tone("used up", "minus", ""),
            { } when token.Expires <= now => new Tone("ended", "clock", ""),
            _ => new Tone("open", "ok", "ok"),
        };
    }
}
