using System.Security.Claims;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Tokens;
using Fleet.Server.Domain.Access;
using Fleet.Server.Http;
using Fleet.Server.Identity;
using Fleet.Server.Identity.ApiTokens;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Tokens;

internal static class CreateToken
{
    private const int LeastSeconds = 60;
    private const int MostSeconds = 3650 * 24 * 3600;

    public static void Map(RouteGroupBuilder tokens) => tokens.MapPost("/", HandleAsync)
        .WithName("createApiToken").WithSummary("A new API token; the answer alone carries it")
        .WithDescription("It cannot have a scope that you lack, nor outlive the token that you use.");

    private static async Task<Results<Created<ApiTokenCreated>, ProblemHttpResult>> HandleAsync(
        CreateApiToken request, ClaimsPrincipal user, FleetDb db, ApiTokenIssuer issuer, TokenUses uses, LiveFeed feed, TimeProvider time, ILogger<ApiTokenIssuer> log, CancellationToken ct)
    {
        if ((PrincipalNames.Check(request.Name) ?? GrantRules.Check(request.Scopes)) is { } wrong)
        {
            return Problems.Invalid(wrong);
        }

        if (request.TtlSeconds is < LeastSeconds or > MostSeconds)
        {
            return Problems.Invalid($"ttlSeconds must be {LeastSeconds} to {MostSeconds}, or left out for a token without an end; it is {request.TtlSeconds}.");
        }

        string[] scopes = [.. Scopes.All.Select(scope => scope.Name).Where(request.Scopes.Contains)];
        if (GrantRules.FirstLacking(scopes, user.Has) is { } lacking)
        {
            return Problems.ScopeMissing(lacking, $"A token cannot have the scope {lacking}, which its maker {user.Name()} lacks.");
        }

        TimeSpan? lifetime = request.TtlSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset? expires = now + lifetime;
        if (GrantRules.Outlives(expires, ApiTokenCheck.EndOf(user)))
        {
            return Problems.Forbidden(ErrorCodes.Forbidden, $"{user.Name()} ends at {ApiTokenCheck.EndOf(user):yyyy-MM-dd HH:mm:ss} UTC, and what it makes cannot outlive it: ask for a smaller ttlSeconds.");
        }

        (string token, ApiToken row) = await issuer.CreateAsync(db, request.Name, scopes, expires, user, now, ct);
        feed.Publish(LiveTopics.Tokens);
        log.ApiTokenCreated(row.Name, row.Id, row.Creator);
        return TypedResults.Created($"/api/v1/tokens/{row.Id}", new ApiTokenCreated(token, TokenViews.Of(row, uses, row.Created), ApiTokenWarnings.Of(scopes, lifetime)));
    }
}
