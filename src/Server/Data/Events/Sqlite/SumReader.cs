using Fleet.Contracts;
using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>Reads the sums by minute across the days' files.</summary>
internal sealed class SumReader(DayFiles files)
{
    public IReadOnlyList<ContentionRow> Contention(DateTimeOffset from, DateTimeOffset to)
    {
        const string sql = """
            SELECT minute, id, name, kind, function, comm, decision, feature, region, count FROM contention JOIN hosts ON key = host
            WHERE minute >= $from AND minute <= $to
            """;
        List<ContentionRow> sums = [];
        foreach (SqliteDataReader row in Rows(sql, from, to))
        {
            sums.Add(new ContentionRow(
                DateTimeOffset.UnixEpoch.AddMinutes(row.GetInt64(0)),
                HostId.Parse(row.GetString(1)),
                row.GetString(2),
                row.GetString(3),
                row.GetString(4),
                row.GetString(5),
                row.GetString(6),
                row.GetString(7),
                row.GetString(8),
                row.GetInt64(9)));
        }

        return sums;
    }

    public IReadOnlyDictionary<HostId, long> Losses(DateTimeOffset from, DateTimeOffset to)
    {
        Dictionary<HostId, long> losses = [];
        foreach (SqliteDataReader row in Rows(
            "SELECT id, count FROM losses JOIN hosts ON key = host WHERE minute >= $from AND minute <= $to", from, to))
        {
            HostId host = HostId.Parse(row.GetString(0));
            losses[host] = losses.GetValueOrDefault(host) + row.GetInt64(1);
        }

        return losses;
    }

    private IEnumerable<SqliteDataReader> Rows(string sql, DateTimeOffset from, DateTimeOffset to)
    {
        // A minute is never later than its arrival: older files cannot hold it.
        DateOnly first = DateOnly.FromDateTime(from.UtcDateTime);
        foreach (DateOnly day in files.Days().Where(day => day >= first))
        {
            using SqliteConnection? file = files.OpenForReading(day);
            if (file is null)
            {
                continue;
            }

            using SqliteCommand command = file.CreateCommand();
            command.CommandText = sql;
            command.Parameters.AddWithValue("$from", StoreTime.Minutes(from));
            command.Parameters.AddWithValue("$to", StoreTime.Minutes(to));
            using SqliteDataReader rows = command.ExecuteReader();
            while (rows.Read())
            {
                yield return rows;
            }
        }
    }
}
