using Fleet.Contracts;
using Microsoft.AspNetCore.Authorization;

namespace Fleet.Server.Identity;

/// <summary>
/// Who may use an endpoint: each declares at its mapping what it needs, a scope (<see cref="Needs"/>), anybody who is known (<see cref="NeedsSignIn"/>), one of
/// the policies here, or that it is anonymous. What declares nothing is open to nobody.
/// </summary>
internal static class Access
{
    /// <summary>The dashboard itself: its cookie.</summary>
    public const string Dashboard = "dashboard";

    /// <summary>An agent with its client certificate.</summary>
    public const string Agent = "agent";

    private const string SignIn = "sign-in";

    /// <summary>
    /// Lets in who has the scope: by a token or a ticket, and where the scope only reads by the dashboard's cookie too. A cookie changes nothing, so that
    /// another site cannot make a browser change anything.
    /// </summary>
    public static T Needs<T>(this T endpoint, string scope)
        where T : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(Policy(scope)).WithMetadata(new NeededScope(scope));

    /// <summary>Lets in everybody who is known, whatever they may do.</summary>
    public static T NeedsSignIn<T>(this T endpoint)
        where T : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(SignIn);

    public static AuthorizationBuilder AddAccessPolicies(this AuthorizationBuilder policies, string people, string programs)
    {
        foreach (Scope scope in Scopes.All)
        {
            policies.AddPolicy(Policy(scope.Name), policy => policy
                .AddAuthenticationSchemes(Scopes.OnlyReads(scope.Name) ? people : programs).RequireAuthenticatedUser()
                .RequireAssertion(context => context.User.Has(scope.Name)));
        }

        return policies.AddPolicy(SignIn, policy => policy.AddAuthenticationSchemes(people).RequireAuthenticatedUser());
    }

    private static string Policy(string scope) => $"scope {scope}";
}
