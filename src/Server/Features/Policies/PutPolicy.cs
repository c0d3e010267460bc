using System.Security.Claims;
using System.Text;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Audit;
using Fleet.Server.Domain.Policies;
using Fleet.Server.Http;
using Fleet.Server.Http.OpenApi;
using Fleet.Server.Identity;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Features.Policies;

/// <summary>Stores a document as the next revision. A stored revision is in force nowhere: that takes a rollout.</summary>
internal static class PutPolicy
{
    public static void Map(RouteGroupBuilder api) => api.MapPut("/policies/{name}", HandleAsync)
        .WithName("putPolicy")
        .WithSummary("Store a document (YAML body) as the policy's next revision")
        .WithDescription("A policy that exists needs If-Match; a new one none, or If-None-Match: *. The same document again makes no revision. "
            + "With dryRun=true the answer is a plan and nothing is stored.")
        .TakesDocument("application/yaml").Produces<PolicyView>().Produces<PolicyView>(StatusCodes.Status201Created)
        .Tagged().Takes(TagUse.NeededOrNew).Plans<PolicyView>();

    public static ProblemHttpResult TooLarge() => Problems.Of(
        StatusCodes.Status413PayloadTooLarge, ErrorCodes.Invalid, $"The document is larger than {DocumentText.MaxBytes} bytes; a policy needs less.");

    private static async Task<IResult> HandleAsync(
        string name, HttpContext http, ClaimsPrincipal user, FleetDb db, PolicyViews views, LiveFeed feed, TimeProvider time, CancellationToken ct, bool dryRun = false)
    {
        if (!PolicyReader.IsName(name))
        {
            return Problems.Invalid($"'{ValueReader.Clip(name)}' is not a name for a policy; expected 1 to 63 of a-z, 0-9 and -, neither first nor last a dash.");
        }

        if (await BoundedBody.ReadAsync(http.Request, DocumentText.MaxBytes, ct) is not { } bytes)
        {
            return TooLarge();
        }

        PolicyReading reading = PolicyReader.Read(bytes, name);
        if (reading.Document is not { } document)
        {
            string errors = reading.Errors.Count is 1 ? "an error" : $"{reading.Errors.Count} errors";
            return Problems.Invalid($"The document has {errors}; nothing was stored.", reading.Errors);
        }

        // From here to the commit nobody else writes: what If-Match is compared with is what the new revision follows.
        await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
        PolicyRow? policy = await db.Policies.FindAsync([name], ct);
        PolicyRevisionRow? before = policy is { Deleted: null } ? await db.LatestRevisionAsync(name, ct) : null;
        if (Preconditions(http.Request, name, before) is { } refusal)
        {
            return refusal;
        }

        string text = Encoding.UTF8.GetString(bytes);
        if (before?.Document == text)
        {
            return dryRun ? Plan("none", before, before, views) : Answer(http.Response, before, views);
        }

        PolicyRevisionRow after = Make(document, text, (policy?.Latest ?? 0) + 1, user.Name(), time.GetUtcNow());
        if (dryRun)
        {
            return Plan(before is null ? "create" : "update", before, after, views);
        }

        Store(db, policy, after);
        await AuditTrail.AppendAsync(db, after.Author, before is null ? "policy.create" : "policy.update", name, Change(before, after, views.Matching(after)), after.Created, ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        feed.Publish(LiveTopics.Policies);
        return Answer(http.Response, after, views, created: before is null);
    }

    private static ProblemHttpResult? Preconditions(HttpRequest request, string name, PolicyRevisionRow? before)
    {
        if (before is null)
        {
            return request.Headers.IfMatch.Count is 0
                ? null
                : Problems.Stale($"There is no policy '{name}' that If-Match could be about; leave it out to create one.");
        }

        return request.Headers.IfNoneMatch.Count is 0
            ? EntityTag.Check(request, before.Number, $"policy '{name}'")
            : Problems.Stale($"Policy '{name}' exists already (revision {before.Number}); GET it and change it with If-Match, or take another name.");
    }

    private static PolicyRevisionRow Make(PolicyDocument document, string text, int number, string author, DateTimeOffset now) => new()
    {
        Policy = document.Name,
        Number = number,
        Document = text,
        Compiled = Encoding.UTF8.GetString(CanonicalJson.Write(document.Compile(number))),
        Description = document.Description,
        Hosts = document.Hosts.Text,
        Functions = document.Functions.Text,
        Mode = document.Mode,
        Priority = document.Priority,
        Claims = document.Claims.Count,
        Author = author,
        Created = now,
    };

    private static void Store(FleetDb db, PolicyRow? policy, PolicyRevisionRow revision)
    {
        if (policy is null)
        {
            policy = new PolicyRow { Name = revision.Policy };
            db.Policies.Add(policy);
        }

        policy.Latest = revision.Number;
        policy.Deleted = null;
        db.PolicyRevisions.Add(revision);
    }

    private static string Change(PolicyRevisionRow? before, PolicyRevisionRow after, int matching)
    {
        string from = before is null ? $"Revision {after.Number}" : $"Revision {before.Number} → {after.Number}";
        string hosts = after.Hosts is "" ? "every host" : $"hosts '{after.Hosts}'";
        return $"{from}: {after.Mode.ToString().ToLowerInvariant()}, {after.Claims} claims for {hosts} ({matching} now). In force nowhere before a rollout.";
    }

    private static Ok<PlanView<PolicyView>> Plan(string action, PolicyRevisionRow? before, PolicyRevisionRow after, PolicyViews views) =>
        TypedResults.Ok(new PlanView<PolicyView>(action, before is null ? null : views.Of(before), views.Of(after)));

    private static IResult Answer(HttpResponse response, PolicyRevisionRow revision, PolicyViews views, bool created = false)
    {
        EntityTag.Write(response, revision.Number);
        PolicyView view = views.Of(revision);
        return created ? TypedResults.Created($"/api/v1/policies/{revision.Policy}", view) : TypedResults.Ok(view);
    }
}
