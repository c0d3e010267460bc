// Hosts: list, item, labels, who may come in, deletion.
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
        RouteGroupBuilder change = api.MapGroup("/hosts").WithTags("Hosts").RequireAuthorization(Access.Change).AddEndpointFilter<FreshContention>();
        LabelHost.Map(change);
        ChangeHostAccess.Map(change);
        DeleteHost.Map(change);
    }

    public static IServiceCollection AddHosts(this IServiceCollection services) =>
        services.AddSingleton<ChangeHostAccess.Services>().AddSingleton<DeleteHost.Services>();
}
