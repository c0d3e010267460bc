using System.Security.Claims;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Audit;
using Fleet.Server.Domain.Rollouts;
using Fleet.Server.Http;
using Fleet.Server.Http.OpenApi;
using Fleet.Server.Identity;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Features.Rollouts;

/// <summary>Pause, resume, abort. If-Match is honoured and not asked for: who stops a rollout in a hurry must not lose a race for its tag.</summary>
internal static class ActOnRollout
{
    public static void Map(RouteGroupBuilder rollouts)
    {
        foreach (string verb in new[] { RolloutVerbs.Pause, RolloutVerbs.Resume, RolloutVerbs.Abort })
        {
            rollouts.MapPost($"/{{id}}:{verb}", (
                string id, HttpContext http, ClaimsPrincipal user, FleetDb db, RolloutViews views, LiveFeed feed, TimeProvider time, CancellationToken ct) =>
                HandleAsync(verb, id, http, user.Name(), db, views, feed, time.GetUtcNow(), ct))
                .WithName($"{verb}Rollout").WithSummary($"{char.ToUpperInvariant(verb[0])}{verb[1..]} a rollout; 409 with what is possible in another phase")
                .Tagged().Takes(TagUse.Honoured).Refuses(StatusCodes.Status409Conflict);
        }
    }

    private static async Task<Results<Ok<RolloutView>, ProblemHttpResult>> HandleAsync(
        string verb, string id, HttpContext http, string who, FleetDb db, RolloutViews views, LiveFeed feed, DateTimeOffset now, CancellationToken ct)
    {
        await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
        RolloutRow? row = await db.Rollouts.Include(rollout => rollout.Targets).FirstOrDefaultAsync(rollout => rollout.Id == id, ct);
        if (row is null)
        {
            return Problems.NotFound($"There is no rollout '{id}'.");
        }

        if (http.Request.Headers.IfMatch.Count > 0 && EntityTag.Check(http.Request, row.Version, $"rollout {id}") is { } refusal)
        {
            return refusal;
        }

        if (RolloutVerbs.Act(row.ToState(), verb, who) is not { } after)
        {
            return Problems.Conflict(Impossible(row, verb));
        }

        string detail = $"Policy {row.Policy} revision {row.Revision}, {Word(row.Phase)} → {Word(after.Phase)} in wave {Math.Min(after.Wave + 1, after.Waves.Length)} of {after.Waves.Length}, {after.Targets.Length} hosts.";
        row.Store(after, now);
        await AuditTrail.AppendAsync(db, who, $"rollout.{verb}", row.Id, detail, now, ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        feed.Publish(LiveTopics.Rollouts);
        EntityTag.Write(http.Response, row.Version);
        return TypedResults.Ok(views.Of(row));
    }

    private static string Word(RolloutPhase phase) => phase.ToString().ToLowerInvariant();

    private static string Impossible(RolloutRow row, string verb)
    {
        IReadOnlyList<string> possible = RolloutVerbs.Possible(row.Phase);
        string then = possible.Count > 0
            ? $"possible now: {string.Join(", ", possible)}."
            : "it has ended, and what you can do is begin a new one.";
        return $"Rollout {row.Id} is {Word(row.Phase)} and cannot {verb}; {then}";
    }
}
