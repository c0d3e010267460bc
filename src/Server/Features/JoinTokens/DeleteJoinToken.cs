using System.Globalization;
using System.Security.Claims;
using Fleet.Server.Data;
using Fleet.Server.Data.Audit;
using Fleet.Server.Http;
using Fleet.Server.Identity;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Features.JoinTokens;

/// <summary>Revokes a token. Hosts that joined with it stay, and so does what is known of it.</summary>
internal static class DeleteJoinToken
{
    public static void Map(RouteGroupBuilder tokens) => tokens.MapDelete("/{id}", HandleAsync)
        .WithName("deleteJoinToken").WithSummary("Revoke a join token; hosts that joined with it stay").WithDescription("Revoking one again changes nothing.");

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        string id, ClaimsPrincipal user, FleetDb db, TimeProvider time, LiveFeed feed, ILogger<FleetDb> log, CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        string who = user.Name();
        await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
        int revoked = await db.JoinTokens.Where(token => token.Id == id && token.Revoked == null)
            .ExecuteUpdateAsync(token => token.SetProperty(t => t.Revoked, now).SetProperty(t => t.RevokedBy, who), ct);
        if (await db.JoinTokens.AsNoTracking().FirstOrDefaultAsync(token => token.Id == id, ct) is not { } row)
        {
            return Problems.NotFound($"There is no join token {id}.");
        }

        if (revoked > 0)
        {
            await AuditTrail.AppendAsync(db, who, "token.revoke", id, string.Create(CultureInfo.InvariantCulture, $"After {row.Used} of {row.Uses} uses"), now, ct);
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
            feed.Publish(LiveTopics.Hosts);
            log.JoinTokenRevoked(id, who);
        }

        return TypedResults.NoContent();
    }
}
