using Fleet.Agent.Uplink;
using Fleet.Contracts;

namespace Fleet.Agent.Local.Routes;

/// <summary>The agent and its host as they are now.</summary>
internal static class StateRoutes
{
    public static void Map(IEndpointRouteBuilder routes, AgentHost host)
    {
        routes.MapGet("/v1/state", () => LocalAnswers.Value(State(host))).For(LocalRule.Everybody);
        // It names processes of all users, and looks through all of /proc for them.
        routes.MapGet("/v1/doctor", () => LocalAnswers.Value(Report(host))).For(LocalRule.Root);
    }

    private static HostReport Report(AgentHost host) => new(
        State(host),
        host.SensorsLost,
        [.. host.Broker.Functions.SelectMany(f => f.Facts.Mailboxes.Select(m => new MailboxStanding(f.Address, m.Offset, m.Owner, m.OwnerReason, m.State)))],
        host.FindBypassPaths());

    private static LocalState State(AgentHost host) => new(
        host.Facts, host.Host, host.Connected, host.Spool.Epoch, host.Spool.Count, host.Assignments.Generation, host.Assignments.Applied,
        host.Assignments.Rejected, Troubles.Of(host.Spool, host.Attestations.Spool), host.Endpoints, host.Link);
}
