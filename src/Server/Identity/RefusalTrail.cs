using System.Collections.Concurrent;
using Fleet.Server.Data;
using Fleet.Server.Data.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Identity;

/// <summary>
/// Writes refused attempts to join, and uses of API tokens that have ended, into the audit trail: one entry a subject and reason in a minute, with the number
/// of those before it that were not written, so that who tries again and again cannot fill it. Subjects are tokens and hosts of ours, so they are bounded.
/// </summary>
internal sealed class RefusalTrail(IDbContextFactory<FleetDb> databases, TimeProvider time)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<(string Action, string Subject, string Reason), Told> _told = new();

    /// <param name="action">"token.refuse", "host.refuse" or "api-token.refuse".</param>
    /// <param name="subject">The token or host.</param>
    /// <param name="reason">Why, in one word.</param>
    /// <param name="who">Who tried: name and address as they came, which nobody vouches for.</param>
    public async Task RecordAsync(string action, string subject, string reason, string who, CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        long unwritten = 0;
        bool write = false;
        _told.AddOrUpdate(
            (action, subject, reason),
            _ =>
            {
                (write, unwritten) = (true, 0);
                return new Told(now, 0);
            },
            (_, told) =>
            {
                write = now - told.At >= Quiet;
                unwritten = told.Since;
                return write ? new Told(now, 0) : told with { Since = told.Since + 1 };
            });
        if (!write)
        {
            return;
        }

        string before = unwritten is 0 ? "" : $" ({unwritten} more before it, since the entry before)";
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
        await AuditTrail.AppendAsync(db, "", action, subject, $"{reason}: {who}{before}", now, ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    private sealed record Told(DateTimeOffset At, long Since);
}
