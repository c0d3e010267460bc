using System.Security.Claims;
using Fleet.Server.Data;
using Fleet.Server.Http;
using Fleet.Server.Identity;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.JoinTokens;

/// <summary>Ends a token. Hosts that joined with it stay.</summary>
internal static class DeleteJoinToken
{
    public static void Map(RouteGroupBuilder tokens) =>
        tokens.MapDelete("/{id}", HandleAsync).WithName("deleteJoinToken").WithSummary("End a join token; hosts that joined with it stay");

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        string id, ClaimsPrincipal user, FleetDb db, ILogger<FleetDb> log, CancellationToken ct)
    {
        if (await db.JoinTokens.Where(token => token.Id == id).ExecuteDeleteAsync(ct) is 0)
        {
            return Problems.NotFound($"There is no join token {id}.");
        }

        log.JoinTokenDeleted(id, user.Name());
        return TypedResults.NoContent();
    }
}
