using System.Security.Claims;
using Fleet.Server.Data;
using Fleet.Server.Http;
using Fleet.Server.Identity;
using Fleet.Server.Identity.ApiTokens;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Tokens;

/// <summary>Revokes a token: no server lets it in after the answer, and what is open by it ends. What it made stays, and so does what is known of it.</summary>
internal static class DeleteToken
{
    public static void Map(RouteGroupBuilder tokens) => tokens.MapDelete("/{id}", HandleAsync)
        .WithName("deleteApiToken").WithSummary("Revoke an API token, at once and everywhere").WithDescription("Revoking one again changes nothing. Tokens that it made stay: list them with parent=ID.");

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        string id, ClaimsPrincipal user, FleetDb db, ApiTokenIssuer issuer, LiveFeed feed, ILogger<ApiTokenIssuer> log, CancellationToken ct)
    {
        (bool found, bool changed) = await issuer.RevokeAsync(db, id, user.Name(), ct);
        if (!found)
        {
            return Problems.NotFound($"There is no API token {id}.");
        }

        if (changed)
        {
            feed.Publish(LiveTopics.Tokens);
            log.ApiTokenRevoked(id, user.Name());
        }

        return TypedResults.NoContent();
    }
}
