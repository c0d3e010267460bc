using Fleet.Contracts;
using Fleet.Web.Text;

namespace Fleet.Web.Pages.Servers;

/// <summary>The servers on one database: who holds how many agents, and who leads.</summary>
public sealed partial class ServersPage
{
    private string Lead => Model is not { } servers ? "" : servers.Items.Count(server => !server.Alive) switch
    {
        0 => $"{Show.Count(servers.Items.Count)} on one database",
        int gone => $"{Show.Count(servers.Items.Count - gone)} on one database, {Show.Count(gone)} gone",
    };

    private string Meaning => Model is { Items.Count: 1 }
        ? "This server does everything. On PostgreSQL several can share the database."
        : "One leads: it moves rollouts, schedules attestation and deletes what is past its keeping. The agents of one that is gone have gone elsewhere.";

    protected override bool Watches(string topic) => topic is "hosts";

    protected override Task<Page<ServerView>> ReadAsync(CancellationToken ct) => Api.ListServersAsync(ct);

    private static Tone StateOf(ServerView server) => server switch
    {
        { Alive: false } => new Tone("gone", "minus", ""),
        { LeaderSince: not null } => new Tone("leads", "ok", "ok"),
        _ => new Tone("serves", "ok", "ok"),
    };
}
