using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Server.Data.Events;
using Fleet.Server.Http;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Functions;

internal static class GetFunction
{
    private static readonly TimeSpan HeatSpan = TimeSpan.FromHours(1);
    private const int HeatEvents = 5_000;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/functions/{id}", ByIdAsync).WithName("getFunction").WithSummary("A function with its capabilities decoded");
        api.MapGet("/hosts/{host}/functions/{address}", ByAddressAsync).WithName("getFunctionOfHost").WithSummary("The same, by host and address");
    }

    private static async Task<Results<Ok<FunctionDetail>, ProblemHttpResult>> ByIdAsync(
        string id, HostDirectory directory, FleetViews views, IEventStore events, TimeProvider time, CancellationToken ct) =>
        FunctionId.TryParse(id, out FunctionId function) && Find(directory, views, function) is { } found
            ? TypedResults.Ok(await DetailAsync(found.Host, found.View, views, events, time, ct))
            : Problems.NotFound($"There is no function {id}.");

    private static async Task<Results<Ok<FunctionDetail>, ProblemHttpResult>> ByAddressAsync(
        string host, string address, HostDirectory directory, FleetViews views, IEventStore events, TimeProvider time, CancellationToken ct) =>
        HostId.TryParse(host, out HostId hostId) && PciAddress.TryParse(address, out PciAddress pci)
            && Find(directory, views, new FunctionId(hostId, pci)) is { } found
            ? TypedResults.Ok(await DetailAsync(found.Host, found.View, views, events, time, ct))
            : Problems.NotFound($"There is no function {address} on a host {host}.");

    private static (HostRecord Host, FunctionView View)? Find(HostDirectory directory, FleetViews views, FunctionId id) =>
        directory.TryGet(id.Host, out HostRecord? host) && views.Function(host, id.Address) is { } view ? (host, view) : null;

    private static async Task<FunctionDetail> DetailAsync(
        HostRecord host, FunctionView view, FleetViews views, IEventStore events, TimeProvider time, CancellationToken ct)
    {
        FunctionFacts facts = host.Functions.First(function => function.Address == view.Address);
        DateTimeOffset since = time.GetUtcNow() - HeatSpan;
        EventPage recent = await events.BackwardAsync(EventFilter.OfFunction(host.Id, view.Address, since), null, HeatEvents, ct);
        return new FunctionDetail
        {
            Function = view,
            ConfigSize = facts.ConfigSize,
            Config = facts.Config,
            ReadAt = host.InventoryAt,
            Decoded = CapabilityDecoding.Decode(facts),
            ClaimsInForce = [.. views.Claims(host, view.Address)],
            Heat = AccessHeats.Of(recent.Items.Select(item => item.Event)),
            KernelDoeFeatures = facts.KernelDoeFeatures,
            PowerState = facts.PowerState,
            NumaNode = facts.NumaNode,
        };
    }
}
