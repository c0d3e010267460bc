using Fleet.Contracts;
using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events.Sqlite.Reading;

/// <summary>Reads the sums by minute across the days' files.</summary>
internal sealed class SumReader(DayFiles files, SumFiles sums)
{
    public IReadOnlyList<ContentionRow> Contention(DateTimeOffset from, DateTimeOffset to)
    {
        const string sql = """
            SELECT minute, id, name, kind, function, comm, decision, feature, region, count FROM contention JOIN hosts ON key = host
            WHERE minute >= ?1 AND minute <= ?2
            """;
        List<ContentionRow> found = [];
        Each(sql, from, to, row => found.Add(new ContentionRow(
            DateTimeOffset.UnixEpoch.AddMinutes(row.Number(0)),
            HostId.Parse(row.Text(1)),
            row.Text(2),
            row.Text(3),
            row.Text(4),
            row.Text(5),
            row.Text(6),
            row.Text(7),
            row.Text(8),
            row.Number(9))));

        return found;
    }

    public IReadOnlyDictionary<HostId, long> Losses(DateTimeOffset from, DateTimeOffset to)
    {
        Dictionary<HostId, long> losses = [];
        Each("SELECT id, count FROM losses JOIN hosts ON key = host WHERE minute >= ?1 AND minute <= ?2", from, to, row =>
        {
            HostId host = HostId.Parse(row.Text(0));
            losses[host] = losses.GetValueOrDefault(host) + row.Number(1);
        });

        return losses;
    }

    private void Each(string sql, DateTimeOffset from, DateTimeOffset to, Action<Statement> each)
    {
        // A minute is never later than its arrival: older files cannot hold it.
        DateOnly first = DateOnly.FromDateTime(from.UtcDateTime);
        foreach (DateOnly day in files.Days().Union(sums.Days()).Where(day => day >= first))
        {
            using SqliteConnection? file = files.OpenForReading(day) ?? sums.OpenForReading(day);
            if (file is null)
            {
                continue;
            }

            try
            {
                using Statement row = new(file, sql);
                row.Bind(1, StoreTime.Minutes(from));
                row.Bind(2, StoreTime.Minutes(to));
                while (row.Step())
                {
                    each(row);
                }
            }
            catch (SqliteException error) when (DamagedDayException.IsDamage(error))
            {
                throw new DamagedDayException(day, error);
            }
        }
    }
}
