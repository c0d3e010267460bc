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

namespace Fleet.Server.Features.Policies;

/// <summary>
/// Deletes a policy. While it is wanted on hosts that takes a second word, unassign=true, because it takes protection off them; its
/// revisions stay, so that what was in force when can still be told.
/// </summary>
internal static class DeletePolicy
{
    private const int MostNamed = 5;

    public static void Map(RouteGroupBuilder api) => api.MapDelete("/policies/{name}", HandleAsync)
        .WithName("deletePolicy")
        .WithSummary("Delete a policy; needs If-Match")
        .WithDescription("Refused while hosts are meant to have it, unless unassign=true takes it off them all at once. With dryRun=true the answer is a plan.")
        .Produces(StatusCodes.Status204NoContent).Takes(TagUse.Needed).Plans<PolicyView>().Refuses(StatusCodes.Status409Conflict);

    private static async Task<IResult> HandleAsync(
        string name,
        HttpContext http,
        ClaimsPrincipal user,
        FleetDb db,
        PolicyViews views,
        AssignmentNews news,
        LiveFeed feed,
        TimeProvider time,
        CancellationToken ct,
        bool unassign = false,
        bool dryRun = false)
    {
        await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
        if (await db.LatestRevisionAsync(name, ct) is not { } latest)
        {
            return Problems.NotFound($"There is no policy '{name}'.");
        }

        if (EntityTag.Check(http.Request, latest.Number, $"policy '{name}'") is { } refusal)
        {
            return refusal;
        }

        List<HostRow> hosts = [.. (await db.Hosts.ToListAsync(ct)).Where(host => DesiredPolicies.Read(host).ContainsKey(name))];
        List<RolloutRow> rollouts = await db.Rollouts.Include(rollout => rollout.Targets)
            .Where(rollout => rollout.Policy == name && (rollout.Phase == RolloutPhase.Running || rollout.Phase == RolloutPhase.Paused || rollout.Phase == RolloutPhase.Done))
            .ToListAsync(ct);
        bool rolling = rollouts.Any(rollout => rollout.Phase is not RolloutPhase.Done);
        if (!unassign && (hosts.Count > 0 || rolling))
        {
            return InUse(name, hosts, rolling);
        }

        if (dryRun)
        {
            return TypedResults.Ok(new PlanView<PolicyView>("delete", views.Of(latest), null));
        }

        (await db.Policies.SingleAsync(policy => policy.Name == name, ct)).Deleted = time.GetUtcNow();
        foreach (RolloutRow rollout in rollouts)
        {
            rollout.Store(End(rollout.ToState(), user.Name()), time.GetUtcNow());
        }

        foreach (HostRow host in hosts)
        {
            DesiredPolicies.Set(host, name, null);
        }

        int ended = rollouts.Count(rollout => rollout.Phase is RolloutPhase.Aborted);
        string detail = $"Revision {latest.Number}, which {latest.Author} put: taken off {hosts.Count} hosts, {ended} rollouts aborted. Its text stays at policies/{name}/revisions/{latest.Number}.";
        await AuditTrail.AppendAsync(db, user.Name(), "policy.delete", name, detail, time.GetUtcNow(), ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        feed.Publish(LiveTopics.Policies);
        feed.Publish(LiveTopics.Rollouts);
        await news.TellAsync(hosts, CancellationToken.None);
        return TypedResults.NoContent();
    }

    // A rollout that is done would go on to serve hosts that come later.
    private static RolloutState End(RolloutState state, string who) => state.Phase is RolloutPhase.Done
        ? RolloutVerbs.Supersede(state, $"{state.Reason} The policy was deleted by {who} since.")
        : state with { Phase = RolloutPhase.Aborted, Reason = $"{who} deleted the policy." };

    private static ProblemHttpResult InUse(string name, List<HostRow> hosts, bool rolling)
    {
        string named = string.Join(", ", hosts.Select(host => host.Name).Order(StringComparer.Ordinal).Take(MostNamed));
        string more = hosts.Count > MostNamed ? $" and {hosts.Count - MostNamed} more" : "";
        string use = hosts.Count > 0 ? $"is assigned to {hosts.Count} hosts ({named}{more})" : "has a rollout that is not ended";
        string rollout = rolling && hosts.Count > 0 ? " and has a rollout that is not ended" : "";
        return Problems.Conflict(
            $"Policy '{name}' {use}{rollout}; nothing was changed. Roll out a revision whose selector matches no host, or repeat with ?unassign=true to take it off all at once.");
    }
}
