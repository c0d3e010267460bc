using Fleet.Contracts;
using Fleet.Server.Http;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Hosts;

internal static class GetHost
{
    public static void Map(RouteGroupBuilder hosts) => hosts.MapGet("/{id}", Handle).WithName("getHost").WithSummary("A host, with the ETag that a change of it needs");

    private static Results<Ok<HostView>, ProblemHttpResult> Handle(string id, HostDirectory directory, FleetViews views, HttpResponse response)
    {
        if (!HostId.TryParse(id, out HostId host) || !directory.TryGet(host, out HostRecord? record))
        {
            return Problems.NotFound($"There is no host {id}.");
        }

        EntityTag.Write(response, record.Version);
        return TypedResults.Ok(views.Host(host)!);
    }
}
