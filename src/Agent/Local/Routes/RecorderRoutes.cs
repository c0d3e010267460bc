using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent.Local.Routes;

/// <summary>What the flight recorder keeps: the last exchanges of each mailbox, and the bundles frozen when something went wrong.</summary>
internal static class RecorderRoutes
{
    public static void Map(IEndpointRouteBuilder routes, AgentHost host)
    {
        routes.MapGet("/v1/recorder/exchanges", (string? function, int? offset) => Exchanges(host, function, offset)).For(LocalRule.Root);
        routes.MapGet("/v1/recorder/bundles", () => LocalAnswers.List(host.Broker.Recorder.Frozen())).For(LocalRule.Root);
        routes.MapGet("/v1/recorder/bundles/{id}", (string id) =>
            host.Broker.Recorder.Frozen().FirstOrDefault(b => b.Id == id) is { } bundle
                ? LocalAnswers.Value(bundle)
                : LocalAnswers.Problem(ErrorCodes.NotFound, $"The recorder has no bundle '{id}'; 'fleet-agent recorder bundles' lists those it has.")).For(LocalRule.Root);
    }

    private static IResult Exchanges(AgentHost host, string? function, int? offset)
    {
        PciAddress? wanted = null;
        if (function is not null)
        {
            if (!FunctionRoutes.TryFind(host, function, out PciAddress address, out IResult? problem))
            {
                return problem!;
            }

            wanted = address;
        }

        return LocalAnswers.List(host.Broker.Functions
            .Where(f => wanted is null || f.Address == wanted)
            .SelectMany(f => f.Facts.Mailboxes.Where(m => offset is null || m.Offset == offset).SelectMany(m => host.Broker.Recorder.Recent(f.Address, m.Offset)))
            .OrderBy(e => e.Queued));
    }
}
