using Fleet.Contracts;
using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events.Sqlite.Reading;

/// <summary>Reads the sums by minute across the days' files.</summary>
internal sealed class SumReader(DayFiles files, SumFiles sums)
{
    // sum() fails where 64 bits do not hold it; total() is exact up to the bound.
    private static readonly string Total = $"min(total(count), {SumBounds.Largest})";

    public IReadOnlyList<ContentionRow> Contention(SumQuery query, CancellationToken ct)
    {
        List<ContentionRow> found = [];
        Texts texts = new();
        Each(query.Sql("minute >= ?1 AND minute <= ?2", Total), query.From, query.To, (row, hosts) =>
        {
            ct.ThrowIfCancellationRequested();
            if (found.Count >= query.Most)
            {
                throw new TooManySumsException(query);
            }

            (HostId host, string name) = query.Fields.HasFlag(SumFields.Host) ? hosts[row.Number(1)] : (default, "");
            found.Add(new ContentionRow(
                DateTimeOffset.UnixEpoch.AddMinutes(row.Number(0)),
                host,
                name,
                texts.Of(row.Bytes(2)),
                texts.Of(row.Bytes(3)),
                texts.Of(row.Bytes(4)),
                texts.Of(row.Bytes(5)),
                texts.Of(row.Bytes(6)),
                texts.Of(row.Bytes(7)),
                row.Number(8)));
        });
        return found;
    }

    public IReadOnlyDictionary<HostId, long> Losses(DateTimeOffset from, DateTimeOffset to)
    {
        Dictionary<HostId, long> losses = [];
        Each("SELECT host, count FROM losses WHERE minute >= ?1 AND minute <= ?2", from, to, (row, hosts) =>
        {
            HostId host = hosts[row.Number(0)].Id;
            losses[host] = SumBounds.Add(losses.GetValueOrDefault(host), row.Number(1));
        });

        return losses;
    }

    private void Each(string sql, DateTimeOffset from, DateTimeOffset to, Action<Statement, Dictionary<long, (HostId Id, string Name)>> each)
    {
        // A minute is never later than its arrival: older files cannot hold it.
        DateOnly first = DateOnly.FromDateTime(from.UtcDateTime);
        foreach (DateOnly day in files.Days().Union(sums.Days()).Where(day => day >= first))
        {
            using SqliteConnection? events = files.OpenForReading(day);
            using SqliteConnection? file = events ?? sums.OpenForReading(day);
            if (file is null)
            {
                continue;
            }

            try
            {
                // One transaction: a sum's host is there when the sum is.
                using SqliteTransaction moment = file.BeginTransaction(deferred: true);
                Dictionary<long, (HostId Id, string Name)> hosts = Hosts(file);
                using Statement row = new(file, sql);
                row.Bind(1, StoreTime.Minutes(from));
                row.Bind(2, StoreTime.Minutes(to));
                while (row.Step())
                {
                    each(row, hosts);
                }
            }
            catch (SqliteException error) when (DamagedDayException.IsDamage(error))
            {
                throw new DamagedDayException(day, error, ofSums: events is null);
            }
        }
    }

    private static Dictionary<long, (HostId Id, string Name)> Hosts(SqliteConnection file)
    {
        Dictionary<long, (HostId Id, string Name)> hosts = [];
        using Statement row = new(file, "SELECT key, id, name FROM hosts");
        while (row.Step())
        {
            hosts.Add(row.Number(0), (HostId.Parse(row.Text(1)), row.Text(2)));
        }

        return hosts;
    }
}
