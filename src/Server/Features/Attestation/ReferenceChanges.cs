using System.Security.Cryptography;
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

/// <summary>Stores a document, put or imported, and judges stored evidence again by it; with dryRun tells whose verdict would change.</summary>
internal sealed class ReferenceChanges(FleetDb db, ReferenceCatalog catalog, ReferenceViews views, IAppraisals appraisals, LiveFeed feed, TimeProvider time)
{
    /// <param name="signer">The key whose signature over exactly these bytes was verified; null for an operator's own.</param>
    public async Task<IResult> SaveAsync(HttpContext http, string name, byte[] bytes, ImportKey? signer, bool dryRun, CancellationToken ct)
    {
        if (!PolicyReader.IsName(name))
        {
            return Problems.Invalid($"'{ValueReader.Clip(name)}' is not a name; expected 1 to 63 of a-z, 0-9 and -, neither first nor last a dash.");
        }

        // 1. From here to the commit nobody else writes: what If-Match is compared with is what the new revision follows.
        await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
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

        string text = Encoding.UTF8.GetString(bytes);
        if (signer is not null && (SignedReader.Outdated(values, time.GetUtcNow()) ?? await ReplayAsync(name, values, text, ct)) is { } old)
        {
            return old;
        }

        ReferenceView? was = before is null ? null : views.Of(before, catalog.ByName(name), document: false);
        if (before?.Document == text && (signer is null || signer.Name == before.SignedBy))
        {
            EntityTag.Write(http.Response, before.Number);
            return TypedResults.Ok(new ReferencePlan("none", was, was, 0, []));
        }

        string author = http.User.Name();
        ReferenceRow after = new() { Name = name, Number = latest + 1, Document = text, Author = author, SignedBy = signer?.Name, Created = time.GetUtcNow() };
        string action = before is null ? "create" : "update";
        if (dryRun)
        {
            await transaction.RollbackAsync(ct);
            (int would, IReadOnlyList<VerdictChange> changes) = await appraisals.PreviewAsync(catalog.With(values), ct);
            return TypedResults.Ok(new ReferencePlan(action, was, views.Of(after, values, document: false), would, changes));
        }

        // 3. Stored, in force, and stored evidence judged by it.
        db.Add(after);
        string signed = signer is null ? "" : $" SHA-256 {Convert.ToHexStringLower(SHA256.HashData(bytes))}, signed by import key {signer.Name} (SHA-256 {signer.Fingerprint}).";
        await AuditTrail.AppendAsync(db, author, $"reference-values.{(signer is null ? action : "import")}", name, $"Revision {after.Number}, {bytes.Length} bytes.{signed}", after.Created, ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        catalog.Put(values);
        (int appraised, IReadOnlyList<VerdictChange> changed) = await appraisals.CatchUpAsync(CancellationToken.None);
        feed.Publish(LiveTopics.Attestations);
        EntityTag.Write(http.Response, after.Number);
        ReferencePlan answer = new(action, was, views.Of(after, values, document: false), appraised, changed);
        return before is null ? TypedResults.Created($"/api/v1/reference-values/{name}", answer) : TypedResults.Ok(answer);
    }

    /// <summary>A signature holds for ever, so an old document that allows a release since found bad could be brought again: none may go back before the newest of its name.</summary>
    private async Task<ProblemHttpResult?> ReplayAsync(string name, ReferenceValues values, string text, CancellationToken ct)
    {
        ReferenceRow? newest = await db.Set<ReferenceRow>().AsNoTracking().Where(row => row.Name == name && row.SignedBy != null).OrderByDescending(row => row.Number).FirstOrDefaultAsync(ct);
        return newest is null || newest.Document == text ? null : SignedReader.Older(values, newest);
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
