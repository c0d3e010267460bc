// Hosts: list, item, labels.
using Fleet.Server.Http;
using Fleet.Server.Identity;

namespace Fleet.Server.Features.Hosts;

internal static class HostsFeature
{
    public static void MapHosts(this RouteGroupBuilder api)
    {
        RouteGroupBuilder hosts = api.MapGroup("/hosts").WithTags("Hosts").RequireAuthorization(Access.Read).AddEndpointFilter<FreshContention>();
        ListHosts.Map(hosts);
        GetHost.Map(hosts);
        LabelHost.Map(api.MapGroup("/hosts").WithTags("Hosts").RequireAuthorization(Access.Change).AddEndpointFilter<FreshContention>());
    }
}
