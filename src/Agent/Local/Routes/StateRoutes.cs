using Fleet.Contracts;

namespace Fleet.Agent.Local.Routes;

/// <summary>The agent and its host as they are now.</summary>
internal static class StateRoutes
{
    public static void Map(IEndpointRouteBuilder routes, AgentHost host) =>
        routes.Route("GET", "/v1/state", LocalRule.Everybody, () => LocalAnswers.Value(State(host)));

    private static LocalState State(AgentHost host) => new(
        host.Facts, host.Host, host.Connected, host.Spool.Epoch, host.Spool.Count, host.Assignments.Generation, host.Assignments.Applied,
        host.Assignments.Rejected, host.Endpoints);
}
