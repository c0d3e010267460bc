using Fleet.Broker;
using Fleet.Contracts;

namespace Fleet.Agent.Local.Routes;

/// <summary>The claims in force, and local ones made and released.</summary>
internal static class ClaimRoutes
{
    public static void Map(IEndpointRouteBuilder routes, AgentHost host)
    {
        routes.MapGet("/v1/claims", (string? function) => List(host, function)).For(LocalRule.Everybody);
        routes.MapPost("/v1/claims", (LocalClaimRequest request, HttpContext context) => Claim(host, request, context.Peer())).For(LocalRule.Own);
        routes.MapDelete("/v1/claims/{id}", (string id, HttpContext context) =>
        {
            ReleaseOutcome outcome = host.Broker.Release(id, context.Peer().ForBroker);
            return outcome.Succeeded ? LocalAnswers.Value(outcome.Released) : LocalAnswers.Problem(outcome.Code, outcome.Detail);
        }).For(LocalRule.Own);
    }

    private static IResult List(AgentHost host, string? function)
    {
        if (function is null)
        {
            return LocalAnswers.List(host.Claims());
        }

        return FunctionRoutes.TryFind(host, function, out Pci.PciAddress address, out IResult? problem)
            ? LocalAnswers.List(host.Claims().Where(c => c.Function == address))
            : problem!;
    }

    private static IResult Claim(AgentHost host, LocalClaimRequest request, LocalPeer peer)
    {
        if (!peer.IsRoot && !host.UserClaims)
        {
            return LocalAnswers.Problem(
                ErrorCodes.Forbidden, $"Claims keep root's tools off too, so only root makes them here; user {peer.Caller.Uid} may when the agent runs with --user-claims.");
        }

        if (peer.Holder(request.Pid, out Caller holder) is { } refused)
        {
            return refused;
        }

        if (!FunctionRoutes.TryFind(host, request.Function.ToString(), out Pci.PciAddress address, out IResult? problem))
        {
            return problem!;
        }

        if (host.Inventory.Functions.FirstOrDefault(f => f.Address == address) is not { } facts)
        {
            return LocalAnswers.Problem(ErrorCodes.Conflict, $"{address} has not been read yet; ask again.");
        }

        return ClaimRegion.TryFind(request, facts, out IReadOnlyList<(int Offset, int Length)> regions, out string why)
            ? ClaimAll(host, request, regions, holder)
            : LocalAnswers.Problem(ErrorCodes.Invalid, why);
    }

    /// <summary>All of the regions or none.</summary>
    private static IResult ClaimAll(AgentHost host, LocalClaimRequest request, IReadOnlyList<(int Offset, int Length)> regions, Caller holder)
    {
        List<ClaimFacts> granted = [];
        foreach ((int offset, int length) in regions)
        {
            ClaimOutcome outcome = host.Broker.Claim(
                new ClaimRequest
                {
                    Function = request.Function,
                    Offset = offset,
                    Length = length,
                    Reason = request.Reason ?? "",
                    Duration = request.Seconds is { } seconds ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, int.MaxValue)) : null,
                    Shared = request.Shared,
                    WaitMilliseconds = request.WaitMilliseconds,
                    OnRead = request.OnRead,
                    OnWrite = request.OnWrite,
                },
                holder);
            if (!outcome.Succeeded)
            {
                granted.ForEach(claim => host.Broker.Release(claim.Id, holder));
                return LocalAnswers.Problem(outcome.Code, outcome.Detail);
            }

            granted.Add(outcome.Granted!);
        }

        return LocalAnswers.List(granted);
    }
}
