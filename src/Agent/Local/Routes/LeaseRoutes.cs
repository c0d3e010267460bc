using Fleet.Broker;
using Fleet.Contracts;

namespace Fleet.Agent.Local.Routes;

/// <summary>Leases: break-glass permission for some callers, in spite of claims.</summary>
internal static class LeaseRoutes
{
    public static void Map(IEndpointRouteBuilder routes, AgentHost host)
    {
        routes.MapGet("/v1/leases", () => LocalAnswers.List(host.Broker.Leases())).For(LocalRule.Everybody);
        routes.MapPost("/v1/leases", (LocalLeaseRequest request, HttpContext context) => Grant(host, request, context.Peer())).For(LocalRule.Root);
        routes.MapDelete("/v1/leases/{id}", (string id, HttpContext context) => Answer(host.Broker.EndLease(id, context.Peer().ForBroker))).For(LocalRule.Root);
    }

    private static IResult Grant(AgentHost host, LocalLeaseRequest request, LocalPeer peer)
    {
        if (request.Function is { } function && !FunctionRoutes.TryFind(host, function.ToString(), out _, out IResult? problem))
        {
            return problem!;
        }

        Caller process = peer.Caller;
        if (request.Pid is not null && peer.Holder(request.Pid, out process) is { } refused)
        {
            return refused;
        }

        return Answer(host.Broker.Lease(
            new LeaseRequest
            {
                Function = request.Function,
                Region = request.Region ?? new RegionSpec { Whole = true },
                Callers = request.Callers,
                Process = request.Pid is null ? null : process,
                Write = request.Write,
                Reason = request.Reason ?? "",
                Duration = TimeSpan.FromSeconds(Math.Clamp(request.Seconds, 0, int.MaxValue)),
            },
            peer.ForBroker));
    }

    private static IResult Answer(LeaseOutcome outcome) =>
        outcome.Succeeded ? LocalAnswers.Value(outcome.Lease) : LocalAnswers.Problem(outcome.Code, outcome.Detail);
}
