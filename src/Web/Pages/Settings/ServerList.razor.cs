using Fleet.Contracts;
using Fleet.Web.Text;

namespace Fleet.Web.Pages.Settings;

/// <summary>The servers on one database; nothing where there is one.</summary>
public sealed partial class ServerList
{
    protected override bool Watches(string topic) => topic is "hosts";

    protected override Task<Page<ServerView>> ReadAsync(CancellationToken ct) => Api.ListServersAsync(ct);

    private static Tone StateOf(ServerView server) => server switch
    {
        { Alive: false } => new Tone("gone", "minus", ""),
        { LeaderSince: not null } => new Tone("leads", "ok", "ok"),
        _ => new Tone("serves", "ok", "ok"),
    };
}
