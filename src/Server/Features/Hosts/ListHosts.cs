using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Http;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Hosts;

internal static class ListHosts
{
    public static void Map(RouteGroupBuilder hosts) => hosts.MapGet("/", Handle).WithName("listHosts").WithSummary("Hosts that joined");

    private static Results<Ok<Page<HostView>>, ProblemHttpResult> Handle([AsParameters] ListRequest request, FleetViews views) => FleetLists.Answer<HostView>(
        request,
        Selectables.HostFields,
        views.Order,
        id => views.Count(id, _ => 1),
        id => views.Host(id) is { } host ? [host] : [],
        Selectables.Of,
        host => SortKeys.Of(host.Name, host.Id));
}
