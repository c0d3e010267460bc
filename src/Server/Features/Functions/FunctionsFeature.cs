// PCI functions of the fleet: list, and everything known of one, decoded.
using Fleet.Contracts;
using Fleet.Server.Http;
using Fleet.Server.Identity;

namespace Fleet.Server.Features.Functions;

internal static class FunctionsFeature
{
    public static void MapFunctions(this RouteGroupBuilder api)
    {
        RouteGroupBuilder functions = api.MapGroup("").WithTags("Functions").Needs(Scopes.HostsRead).AddEndpointFilter<FreshContention>();
        ListFunctions.Map(functions);
        GetFunction.Map(functions);
    }
}
