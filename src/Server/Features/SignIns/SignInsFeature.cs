// Links that sign people in to the dashboard: made here, used at /session.
using System.Security.Claims;
using Fleet.Contracts;
using Fleet.Server.Domain.Access;
using Fleet.Server.Http;
using Fleet.Server.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.SignIns;

internal static class SignInsFeature
{
    private const int LeastSeconds = 60;
    private const int MostSeconds = 7 * 24 * 3600;

    public static void MapSignIns(this RouteGroupBuilder api) => api.MapPost("/sign-in-links", HandleAsync).WithTags("Tokens").Needs(Scopes.SignInsWrite)
        .WithName("createSignInLink").WithSummary("A link that signs one browser in, once, with a role whose scopes you have");

    private static async Task<Results<Ok<SignInCreated>, ProblemHttpResult>> HandleAsync(
        CreateSignIn request, ClaimsPrincipal user, SignInLink links, TimeProvider time, CancellationToken ct)
    {
        if (!Roles.All.Contains(request.Role))
        {
            return Problems.Invalid($"role must be one of {string.Join(", ", Roles.All)}.");
        }

        string name = request.Name ?? request.Role;
        if (PrincipalNames.Check(name) is { } wrong)
        {
            return Problems.Invalid(wrong);
        }

        if (request.TtlSeconds is < LeastSeconds or > MostSeconds)
        {
            return Problems.Invalid($"ttlSeconds must be {LeastSeconds} to {MostSeconds}; it is {request.TtlSeconds}.");
        }

        if (GrantRules.FirstLacking(Roles.ScopesOf(request.Role), user.Has) is { } lacking)
        {
            return Problems.ScopeMissing(lacking, $"A link cannot sign in as {request.Role}: that role has the scope {lacking}, which {user.Name()} lacks.");
        }

        DateTimeOffset expires = time.GetUtcNow().AddSeconds(request.TtlSeconds);
        return TypedResults.Ok(new SignInCreated(await links.CreateAsync(request.Role, name, expires, user.Name(), ct), request.Role, name, expires));
    }
}
