// The figures of the first page, and what needs attention.
using Fleet.Contracts;
using Fleet.Server.Http;
using Fleet.Server.Identity;

namespace Fleet.Server.Features.Overview;

internal static class OverviewFeature
{
    public static void MapOverview(this RouteGroupBuilder api) =>
        GetOverview.Map(api.MapGroup("/overview").WithTags("Overview").Needs(Scopes.OverviewRead).AddEndpointFilter<FreshContention>());
}
