// Hosts: list, item, labels, who may come in, deletion.
using Fleet.Contracts;
using Fleet.Server.Http;
using Fleet.Server.Identity;

namespace Fleet.Server.Features.Hosts;

internal static class HostsFeature
{
    public static void MapHosts(this RouteGroupBuilder api)
    {
        RouteGroupBuilder read = Group(api, Scopes.HostsRead);
        ListHosts.Map(read);
        GetHost.Map(read);
        LabelHost.Map(Group(api, Scopes.HostsWrite));
        ChangeHostAccess.Map(Group(api, Scopes.HostsEvict));
        DeleteHost.Map(Group(api, Scopes.HostsDelete));
    }

    public static IServiceCollection AddHosts(this IServiceCollection services) =>
        services.AddSingleton<ChangeHostAccess.Services>().AddSingleton<DeleteHost.Services>();

    private static RouteGroupBuilder Group(RouteGroupBuilder api, string scope) =>
        api.MapGroup("/hosts").WithTags("Hosts").Needs(scope).AddEndpointFilter<FreshContention>();
}
