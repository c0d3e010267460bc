// Claims in force, as agents report them.
using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Http;
using Fleet.Server.Identity;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Claims;

internal static class ClaimsFeature
{
    public static void MapClaims(this RouteGroupBuilder api) =>
        api.MapGet("/claims", List).WithTags("Claims").WithName("listClaims").WithSummary("Claims in force on all hosts").Needs(Scopes.HostsRead);

    private static Results<Ok<Page<ClaimView>>, ProblemHttpResult> List([AsParameters] ListRequest request, FleetViews views) => FleetLists.Answer(
        request,
        Selectables.ClaimFields,
        views.Order,
        id => views.Count(id, host => host.Claims.Count),
        views.ClaimsOf,
        Selectables.Of,
        view => SortKeys.Of(view.HostName, view.Host, view.Claim.Function, view.Claim.Offset, view.Claim.Id));
}
