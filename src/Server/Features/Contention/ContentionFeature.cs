// Who contends with whom for what, added up from the sums by minute.
using Fleet.Server.Identity;

namespace Fleet.Server.Features.Contention;

internal static class ContentionFeature
{
    public static void MapContention(this RouteGroupBuilder api) => GetContention.Map(api.MapGroup("/contention").WithTags("Contention").RequireAuthorization(Access.Read));
}
