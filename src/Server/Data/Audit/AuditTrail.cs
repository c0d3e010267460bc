using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Data.Audit;

/// <summary>Writes the audit trail. Called within the transaction of what it records: either both are stored or neither is.</summary>
internal static class AuditTrail
{
    public static async Task AppendAsync(FleetDb db, string who, string action, string subject, string detail, DateTimeOffset now, CancellationToken ct)
    {
        if (db.Database.CurrentTransaction is null)
        {
            throw new InvalidOperationException("The audit trail is written in a transaction of BeginChangeAsync: its entries follow one another.");
        }

        AuditRow? last = db.Set<AuditRow>().Local.MaxBy(entry => entry.Number) ?? await db.Set<AuditRow>().OrderByDescending(entry => entry.Number).FirstOrDefaultAsync(ct);
        long number = (last?.Number ?? 0) + 1;
        db.Add(new AuditRow
        {
            Number = number,
            Time = now,
            Who = who,
            Action = action,
            Subject = subject,
            Detail = detail,
            Hash = Hash(last?.Hash ?? "", number, now, who, action, subject, detail),
        });
    }

    /// <summary>Follows the entries' hashes from the first one on.</summary>
    public static async Task<AuditChain> CheckAsync(FleetDb db, CancellationToken ct)
    {
        string head = "";
        long number = 0;
        await foreach (AuditRow entry in db.Set<AuditRow>().AsNoTracking().OrderBy(entry => entry.Number).AsAsyncEnumerable().WithCancellation(ct))
        {
            if (entry.Number != number + 1 || entry.Hash != Hash(head, number + 1, entry.Time, entry.Who, entry.Action, entry.Subject, entry.Detail))
            {
                return new AuditChain(number, number + 1, head);
            }

            (number, head) = (number + 1, entry.Hash);
        }

        return new AuditChain(number, null, head);
    }

    // Every text with its length, so that no two entries have the same bytes.
    private static string Hash(string before, long number, DateTimeOffset time, params string[] texts)
    {
        StringBuilder all = new();
        all.Append(CultureInfo.InvariantCulture, $"{before}|{number}|{time.UtcTicks}");
        foreach (string text in texts)
        {
            all.Append(CultureInfo.InvariantCulture, $"|{text.Length}:{text}");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString())));
    }
}
