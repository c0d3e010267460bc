// Rollouts: asked for, looked at, paused, resumed, aborted. What happens next is planned in Domain/Rollouts and done in Reconcile.
using Fleet.Contracts;
using Fleet.Server.Http;
using Fleet.Server.Identity;
using Fleet.Server.Reconcile;

namespace Fleet.Server.Features.Rollouts;

internal static class RolloutsFeature
{
    public static IServiceCollection AddRollouts(this IServiceCollection services) => services
        .AddSingleton<RolloutCounts>()
        .AddSingleton<RolloutStep>()
        .AddSingleton<RolloutViews>()
        .AddHostedService<RolloutReconciler>();

    public static void MapRollouts(this RouteGroupBuilder api)
    {
        GetRollouts.Map(api.MapGroup("/rollouts").WithTags("Rollouts").Needs(Scopes.RolloutsRead).AddEndpointFilter<FreshContention>());
        RouteGroupBuilder change = api.MapGroup("/rollouts").WithTags("Rollouts").Needs(Scopes.RolloutsWrite).AddEndpointFilter<FreshContention>();
        CreateRollouts.Map(change);
        ActOnRollout.Map(change);
    }
}
