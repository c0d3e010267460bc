using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Http;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Functions;

internal static class ListFunctions
{
    public static void Map(RouteGroupBuilder api) => api.MapGet("/functions", Handle).WithName("listFunctions").WithSummary("PCI functions of all hosts");

    private static Results<Ok<Page<FunctionView>>, ProblemHttpResult> Handle([AsParameters] ListRequest request, FleetViews views) => FleetLists.Answer(
        request,
        Selectables.FunctionFields,
        views.Order,
        id => views.Count(id, host => host.Functions.Count),
        views.FunctionsOf,
        Selectables.Of,
        function => SortKeys.Of(function.HostName, function.Host, function.Address));
}
