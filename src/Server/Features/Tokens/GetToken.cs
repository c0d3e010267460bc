using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Tokens;
using Fleet.Server.Http;
using Fleet.Server.Identity.ApiTokens;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.Tokens;

internal static class GetToken
{
    public static void Map(RouteGroupBuilder tokens) =>
        tokens.MapGet("/{id}", HandleAsync).WithName("getApiToken").WithSummary("An API token; never its secret. One that ended still answers");

    private static async Task<Results<Ok<ApiTokenView>, ProblemHttpResult>> HandleAsync(string id, FleetDb db, TokenUses uses, TimeProvider time, CancellationToken ct) =>
        await db.Set<ApiToken>().AsNoTracking().FirstOrDefaultAsync(token => token.Id == id, ct) is { } row
            ? TypedResults.Ok(TokenViews.Of(row, uses, time.GetUtcNow()))
            : Problems.NotFound($"There is no API token {id}.");
}
