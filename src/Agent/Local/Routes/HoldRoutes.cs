using Fleet.Broker;
using Fleet.Contracts;

namespace Fleet.Agent.Local.Routes;

/// <summary>Holds: a process's right to a device's stateful features across several exchanges.</summary>
internal static class HoldRoutes
{
    public static void Map(IEndpointRouteBuilder routes, AgentHost host)
    {
        routes.Route("GET", "/v1/holds", LocalRule.Everybody, () => LocalAnswers.Value(host.Broker.Holds()));
        routes.Route("POST", "/v1/holds", LocalRule.Root, (LocalHoldRequest request, HttpContext context, CancellationToken ct) =>
            HoldAsync(host, request, context.Peer(), ct));
        routes.Route("DELETE", "/v1/holds/{id}", LocalRule.Own, (string id, HttpContext context) =>
            Answer(host.Broker.EndHold(id, context.Peer().ForBroker)));
    }

    private static async Task<IResult> HoldAsync(AgentHost host, LocalHoldRequest request, LocalPeer peer, CancellationToken ct)
    {
        if (!FunctionRoutes.TryFind(host, request.Function.ToString(), out Pci.PciAddress address, out IResult? problem))
        {
            return problem!;
        }

        if (peer.Holder(request.Pid, out Caller holder) is { } refused)
        {
            return refused;
        }

        TimeSpan? most = request.Seconds is { } seconds ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, int.MaxValue)) : null;
        return Answer(await host.Broker.HoldAsync(address, holder, request.Reason ?? "", most, ct));
    }

    private static IResult Answer(HoldOutcome outcome) =>
        outcome.Succeeded ? LocalAnswers.Value(outcome.Hold) : LocalAnswers.Problem(outcome.Code, outcome.Detail);
}
