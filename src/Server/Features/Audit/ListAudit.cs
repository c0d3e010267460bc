using System.ComponentModel;
using System.Globalization;
using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Data;
using Fleet.Server.Data.Audit;
using Fleet.Server.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.Audit;

/// <summary>
/// A page of the trail, by a seek to where it begins. A filter that matches little reads a bounded number of entries and then answers with fewer than asked,
/// and a cursor to go on: an empty page with a cursor means "not yet", not "nothing".
/// </summary>
internal static class ListAudit
{
    /// <summary>Entries that one request looks at.</summary>
    public const int Budget = 10_000;

    private const int Chunk = 1_000;

    public static void Map(RouteGroupBuilder audit) => audit.MapGet("/", HandleAsync).WithName("listAudit").WithSummary("What was done by whom, the newest first")
        .WithDescription($"q filters by {string.Join(", ", AuditSelectable.Fields.Names)}. A filter that matches little may answer fewer entries than asked, or none, and a cursor to go on. Each entry's hash covers the one before it; GET /audit/check says whether all do.");

    private static async Task<Results<Ok<Page<AuditView>>, ProblemHttpResult>> HandleAsync(
        [AsParameters] ListRequest request,
        [Description("Only entries at or after this time")] DateTimeOffset? since,
        [Description("Only entries before this time")] DateTimeOffset? until,
        FleetDb db,
        CancellationToken ct)
    {
        if (Lists.Check(request.Limit, Lists.MaxLimit, request.Cursor, out string? cursor) is { } wrong)
        {
            return Problems.Invalid(wrong);
        }

        long before = long.MaxValue;
        if (cursor is not null && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out before))
        {
            return Problems.Invalid("cursor is not one that this server gave out; begin again without it.");
        }

        if (!AuditSelectable.Fields.TryParse(request.Q, out Selector? selector, out ProblemHttpResult? problem))
        {
            return problem;
        }

        bool whole = string.IsNullOrWhiteSpace(request.Q) && since is null && until is null;
        (List<AuditView> found, long? next) = await ReadAsync(db, selector, (since, until), before, request.Limit ?? Lists.DefaultLimit, ct);

        // Numbers have no holes, so the last one is how many there are.
        long? total = whole ? await db.Set<AuditRow>().MaxAsync(row => (long?)row.Number, ct) ?? 0 : cursor is null && next is null ? found.Count : null;
        return TypedResults.Ok(new Page<AuditView>(found, next is { } number ? Lists.Encode(number.ToString(CultureInfo.InvariantCulture)) : null, total));
    }

    private static async Task<(List<AuditView> Found, long? Next)> ReadAsync(
        FleetDb db, Selector selector, (DateTimeOffset? Since, DateTimeOffset? Until) time, long before, int limit, CancellationToken ct)
    {
        IQueryable<AuditRow> rows = db.Set<AuditRow>().AsNoTracking();
        rows = time.Since is { } since ? rows.Where(row => row.Time >= since) : rows;
        rows = time.Until is { } until ? rows.Where(row => row.Time < until) : rows;
        List<AuditView> found = [];
        for (int looked = 0; looked < Budget; looked += Chunk)
        {
            long from = before;
            List<AuditRow> chunk = await rows.Where(row => row.Number < from).OrderByDescending(row => row.Number).Take(Math.Min(Chunk, limit - found.Count + (selector.Text.Length > 0 ? Chunk : 1))).ToListAsync(ct);
            foreach (AuditRow row in chunk)
            {
                AuditView view = new(row.Number, row.Time, row.Who, row.Action, row.Subject, row.Detail, row.Hash);
                if (selector.Matches(new AuditSelectable(view)))
                {
                    if (found.Count == limit)
                    {
                        return (found, found[^1].Number);
                    }

                    found.Add(view);
                }

                before = row.Number;
            }

            if (chunk.Count is 0)
            {
                return (found, null);
            }
        }

        return (found, before);
    }
}
