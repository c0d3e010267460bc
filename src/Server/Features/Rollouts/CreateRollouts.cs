using System.Security.Claims;
using System.Security.Cryptography;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Audit;
using Fleet.Server.Domain.Policies;
using Fleet.Server.Domain.Rollouts;
using Fleet.Server.Http;
using Fleet.Server.Http.OpenApi;
using Fleet.Server.Identity;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Features.Rollouts;

/// <summary>Begins a rollout: hosts are split into waves here and now; what follows is the reconciler's.</summary>
internal static class CreateRollouts
{
    private const string KeyHeader = "Idempotency-Key";
    private const int LongestKey = 128;

    public static void Map(RouteGroupBuilder rollouts) => rollouts.MapPost("/", HandleAsync)
        .WithName("createRollout")
        .WithSummary("Roll a policy's revision out in waves")
        .WithDescription("A rollout of the same policy that is not ended is superseded. With an Idempotency-Key a repeated request answers the first one's rollout. "
            + "With dryRun=true the answer is a plan and nothing is begun.")
        .Produces<RolloutView>(StatusCodes.Status201Created).Tagged().Plans<RolloutView>().Refuses(StatusCodes.Status409Conflict)
        .TakesHeader(KeyHeader, $"1 to {LongestKey} characters of your choice; the same request with the same key begins one rollout");

    private static async Task<IResult> HandleAsync(
        CreateRollout request,
        HttpContext http,
        ClaimsPrincipal user,
        FleetDb db,
        RolloutViews views,
        HostSelection selection,
        LiveFeed feed,
        TimeProvider time,
        CancellationToken ct,
        bool dryRun = false)
    {
        string? key = http.Request.Headers[KeyHeader].FirstOrDefault();
        if (key?.Length is 0 or > LongestKey)
        {
            return Problems.Invalid($"{KeyHeader} must have 1 to {LongestKey} characters.");
        }

        List<Diagnostic> errors = [.. WaveSplit.Check(request.Waves ?? [])];
        await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
        string hash = Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Write(request)));
        if (key is not null && !dryRun && await RepeatedAsync(db, key, hash, http.Response, views, ct) is { } repeated)
        {
            return repeated;
        }

        PolicyRevisionRow? revision = await RevisionAsync(db, request, errors, ct);
        if (revision is null || errors.Count > 0)
        {
            return Problems.Invalid("The rollout was not begun.", errors);
        }

        RolloutState state = RolloutState.Begin(
            revision.Policy, revision.Number, [.. request.Waves!], selection.Of(revision.Policy, HostSelection.Stored(revision.Hosts)).Values);
        if (request.Paused)
        {
            state = state with { Phase = RolloutPhase.Paused, Reason = $"{user.Name()} began it paused. Resume to begin the first wave." };
        }

        RolloutRow row = Make(state, user.Name(), time.GetUtcNow(), key, hash);
        if (dryRun)
        {
            return TypedResults.Ok(new PlanView<RolloutView>("create", null, views.Of(row)));
        }

        IReadOnlyList<string> older = await SupersedeAsync(db, row, time.GetUtcNow(), ct);
        db.Rollouts.Add(row);
        await AuditTrail.AppendAsync(db, row.Author, "rollout.create", row.Id, Beginning(state, older), row.Created, ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        feed.Publish(LiveTopics.Rollouts);
        return Answer(http.Response, row, views);
    }

    private static async Task<IResult?> RepeatedAsync(
        FleetDb db, string key, string hash, HttpResponse response, RolloutViews views, CancellationToken ct)
    {
        RolloutRow? row = await db.Rollouts.AsNoTracking().Include(rollout => rollout.Targets).FirstOrDefaultAsync(rollout => rollout.IdempotencyKey == key, ct);
        return row switch
        {
            null => null,
            _ when row.RequestHash == hash => Answer(response, row, views),
            _ => Problems.Conflict($"The {KeyHeader} '{key}' began rollout {row.Id} with another request; use a new key."),
        };
    }

    private static async Task<PolicyRevisionRow?> RevisionAsync(FleetDb db, CreateRollout request, List<Diagnostic> errors, CancellationToken ct)
    {
        PolicyRow? policy = await db.Policies.AsNoTracking().FirstOrDefaultAsync(found => found.Name == request.Policy && found.Deleted == null, ct);
        if (policy is null)
        {
            errors.Add(new Diagnostic(1, 1, "policy", $"There is no policy '{request.Policy}'; put it first."));
            return null;
        }

        int number = request.Revision ?? policy.Latest;
        PolicyRevisionRow? revision =
            await db.PolicyRevisions.AsNoTracking().FirstOrDefaultAsync(found => found.Policy == policy.Name && found.Number == number, ct);
        if (revision is null)
        {
            errors.Add(new Diagnostic(1, 1, "revision", $"Policy '{policy.Name}' has no revision {number}; the latest is {policy.Latest}."));
        }

        return revision;
    }

    private static string Beginning(RolloutState state, IReadOnlyList<string> older)
    {
        string waves = string.Join(", ", state.Waves.Select(wave => $"{wave.Percent} %"));
        string paused = state.Phase is RolloutPhase.Paused ? ", paused" : "";
        string instead = older.Count > 0 ? $" It took over from {string.Join(", ", older)}." : "";
        return $"Policy {state.Policy} revision {state.Revision} to {state.Targets.Length} hosts in waves of {waves}{paused}.{instead}";
    }

    private static async Task<IReadOnlyList<string>> SupersedeAsync(FleetDb db, RolloutRow newer, DateTimeOffset now, CancellationToken ct)
    {
        List<RolloutRow> older = await db.Rollouts.Include(rollout => rollout.Targets)
            .Where(rollout => rollout.Policy == newer.Policy && (rollout.Phase == RolloutPhase.Running || rollout.Phase == RolloutPhase.Paused))
            .ToListAsync(ct);
        foreach (RolloutRow rollout in older)
        {
            rollout.Store(RolloutVerbs.Supersede(rollout.ToState(), $"Rollout {newer.Id} of revision {newer.Revision} took over."), now);
        }

        return [.. older.Select(rollout => rollout.Id)];
    }

    private static RolloutRow Make(RolloutState state, string author, DateTimeOffset now, string? key, string hash)
    {
        RolloutRow row = new()
        {
            Id = Guid.CreateVersion7(now).ToString("N"),
            Policy = state.Policy,
            Revision = state.Revision,
            Waves = RolloutRecords.WavesJson(state.Waves),
            Author = author,
            Created = now,
            IdempotencyKey = key,
            RequestHash = key is null ? null : hash,
        };
        row.Store(state, now);
        return row;
    }

    private static Created<RolloutView> Answer(HttpResponse response, RolloutRow row, RolloutViews views)
    {
        EntityTag.Write(response, row.Version);
        return TypedResults.Created($"/api/v1/rollouts/{row.Id}", views.Of(row));
    }
}
