using System.Security.Claims;
using System.Text;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Attestation;
using Fleet.Server.Data.Audit;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Domain.Policies;
using Fleet.Server.Http;
using Fleet.Server.Identity;
using Fleet.Server.Live;
using Fleet.Server.Live.Attestation;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Features.Attestation;

/// <summary>Stores reference values and judges stored evidence again by them. Before that, dryRun tells whose verdict would change.</summary>
internal static class PutReferences
{
    public static void Map(RouteGroupBuilder api) => api.MapPut("/reference-values/{name}", HandleAsync)
        .WithName("putReferenceValues")
        .WithSummary("Store a document (JSON body) and judge stored evidence again by it")
        .WithDescription("Values that exist need If-Match; new ones none, or If-None-Match: *. With dryRun=true nothing is stored, and the answer lists every function whose verdict would change.");

    private static async Task<IResult> HandleAsync(
        string name,
        HttpContext http,
        ClaimsPrincipal user,
        FleetDb db,
        ReferenceCatalog catalog,
        ReferenceViews views,
        IAppraisals appraisals,
        LiveFeed feed,
        TimeProvider time,
        CancellationToken ct,
        bool dryRun = false)
    {
        if (!PolicyReader.IsName(name))
        {
            return Problems.Invalid($"'{ValueReader.Clip(name)}' is not a name; expected 1 to 63 of a-z, 0-9 and -, neither first nor last a dash.");
        }

        if (await BoundedBody.ReadAsync(http.Request, ReferenceReader.MaxBytes, ct) is not { } bytes)
        {
            return Problems.Of(StatusCodes.Status413PayloadTooLarge, ErrorCodes.Invalid, $"The document is larger than {ReferenceReader.MaxBytes} bytes; reference values need less.");
        }

        // 1. From here to the commit nobody else writes: what If-Match is compared with is what the new revision follows.
        await using IDbContextTransaction transaction = await db.Database.BeginTransactionAsync(ct);
        int latest = await db.Set<ReferenceRow>().Where(row => row.Name == name).MaxAsync(row => (int?)row.Number, ct) ?? 0;
        ReferenceRow? before = await db.Set<ReferenceRow>().AsNoTracking().FirstOrDefaultAsync(row => row.Name == name && row.Number == latest && row.Document != null, ct);
        if (Preconditions(http.Request, name, before) is { } refusal)
        {
            return refusal;
        }

        // 2. The document.
        if (ReferenceReader.Read(name, latest + 1, bytes, out IReadOnlyList<Diagnostic> errors) is not { } values)
        {
            return Problems.Invalid($"The document has {(errors.Count is 1 ? "an error" : $"{errors.Count} errors")}; nothing was stored.", errors);
        }

        ReferenceView? old = before is null ? null : views.Of(before, catalog.ByName(name), document: false);
        string text = Encoding.UTF8.GetString(bytes);
        if (before?.Document == text)
        {
            EntityTag.Write(http.Response, before.Number);
            return TypedResults.Ok(new ReferencePlan("none", old, old, 0, []));
        }

        ReferenceRow after = new() { Name = name, Number = latest + 1, Document = text, Author = user.Name(), Created = time.GetUtcNow() };
        string action = before is null ? "create" : "update";
        if (dryRun)
        {
            await transaction.RollbackAsync(ct);
            (int would, IReadOnlyList<VerdictChange> changes) = await appraisals.PreviewAsync(catalog.With(values), ct);
            return TypedResults.Ok(new ReferencePlan(action, old, views.Of(after, values, document: false), would, changes));
        }

        // 3. Stored, in force, and stored evidence judged by it.
        db.Add(after);
        await AuditTrail.AppendAsync(db, user.Name(), $"reference-values.{action}", name, $"Revision {after.Number}, {bytes.Length} bytes.", after.Created, ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        catalog.Put(values);
        (int appraised, IReadOnlyList<VerdictChange> changed) = await appraisals.CatchUpAsync(CancellationToken.None);
        feed.Publish(LiveTopics.Attestations);
        EntityTag.Write(http.Response, after.Number);
        ReferencePlan answer = new(action, old, views.Of(after, values, document: false), appraised, changed);
        return before is null ? TypedResults.Created($"/api/v1/reference-values/{name}", answer) : TypedResults.Ok(answer);
    }

    private static ProblemHttpResult? Preconditions(HttpRequest request, string name, ReferenceRow? before)
    {
        if (before is null)
        {
            return request.Headers.IfMatch.Count is 0 ? null : Problems.Stale($"There are no reference values '{name}' that If-Match could be about; leave it out to create them.");
        }

        return request.Headers.IfNoneMatch.Count is 0
            ? EntityTag.Check(request, before.Number, $"reference values '{name}'")
            : Problems.Stale($"Reference values '{name}' exist already (revision {before.Number}); GET them and change them with If-Match.");
    }
}
