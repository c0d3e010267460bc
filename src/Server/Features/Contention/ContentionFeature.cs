// Who contends with whom for what, added up from the sums by minute.
using Fleet.Contracts;
using Fleet.Server.Identity;

namespace Fleet.Server.Features.Contention;

internal static class ContentionFeature
{
    public static void MapContention(this RouteGroupBuilder api) => GetContention.Map(api.MapGroup("/contention").WithTags("Contention").Needs(Scopes.EventsRead));
}
