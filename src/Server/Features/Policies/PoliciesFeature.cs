// Policies: documents in, immutable revisions kept, compiled and signed for agents. Reading a document is in Domain/Policies.
using Fleet.Contracts;
using Fleet.Server.Http;
using Fleet.Server.Identity;
using Fleet.Server.Live;
using Fleet.Server.Reconcile;

namespace Fleet.Server.Features.Policies;

internal static class PoliciesFeature
{
    public static IServiceCollection AddPolicies(this IServiceCollection services) => services
        .AddSingleton<IAssignments, Assignments>()
        .AddSingleton<AssignmentNews>()
        .AddSingleton<HostSelection>()
        .AddSingleton<PolicyViews>();

    public static void MapPolicies(this RouteGroupBuilder api)
    {
        RouteGroupBuilder read = Group(api, Scopes.PoliciesRead);
        ListPolicies.Map(read);
        GetPolicy.Map(read);
        ValidatePolicy.Map(read);
        RouteGroupBuilder change = Group(api, Scopes.PoliciesWrite);
        PutPolicy.Map(change);
        DeletePolicy.Map(change);
    }

    private static RouteGroupBuilder Group(RouteGroupBuilder api, string scope) => api.MapGroup("").WithTags("Policies").Needs(scope).AddEndpointFilter<FreshContention>();
}
