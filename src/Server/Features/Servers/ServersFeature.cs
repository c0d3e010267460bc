// The servers of the control plane: who is there, who leads.
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Cell;
using Fleet.Server.Identity;
using Fleet.Server.Live;
using Fleet.Server.Live.Cell;
using Fleet.Server.Metrics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.Servers;

internal static class ServersFeature
{
    public static void MapServers(this RouteGroupBuilder api) => api.MapGroup("/servers").WithTags("About").Needs(Scopes.ServersRead)
        .MapGet("/", ListAsync).WithName("listServers").WithSummary("The servers of the control plane: who is there, who leads");

    private static async Task<Ok<Page<ServerView>>> ListAsync(
        FleetDb db, ServerRoster roster, ILeadership leadership, HostPresence presence, TimeProvider time, CancellationToken ct)
    {
        LeadershipRow? leads = roster.IsShared ? await db.Set<LeadershipRow>().AsNoTracking().SingleOrDefaultAsync(ct) : null;
        List<ServerView> servers = [];
        foreach (ServerSeen server in roster.Servers.Where(server => server.Id != roster.Me))
        {
            bool alive = roster.IsAlive(server);
            servers.Add(new ServerView(
                server.Id, server.Name, server.Version, server.Started, server.LastHeard, alive, alive ? server.Connections : 0,
                alive && leads?.Server == server.Id ? leads.Since : null, false));
        }

        servers.Add(new ServerView(
            roster.Me, Environment.MachineName, FleetGauges.Version, roster.Started, time.GetUtcNow(), true, presence.Connections, leadership.Term?.Since, true));
        return TypedResults.Ok(new Page<ServerView>([.. servers.OrderBy(server => server.Started).ThenBy(server => server.Id, StringComparer.Ordinal)], null));
    }
}
