using Fleet.Broker;
using Fleet.Contracts;

namespace Fleet.Agent.Local.Routes;

/// <summary>Holds: a process's right to a device's stateful features across several exchanges.</summary>
internal static class HoldRoutes
{
    public static void Map(IEndpointRouteBuilder routes, AgentHost host)
    {
        routes.MapGet("/v1/holds", () => LocalAnswers.List(host.Broker.Holds())).For(LocalRule.Everybody);
        routes.MapPost("/v1/holds", (LocalHoldRequest request, HttpContext context, CancellationToken ct) =>
            HoldAsync(host, request, context.Peer(), ct)).For(LocalRule.Root);
        routes.MapDelete("/v1/holds/{id}", (string id, HttpContext context) =>
            Answer(host.Broker.EndHold(id, context.Peer().ForBroker))).For(LocalRule.Own);
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
