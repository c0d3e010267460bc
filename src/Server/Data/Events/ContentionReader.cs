using Fleet.Contracts;
using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events;

/// <summary>Reads the sums by minute.</summary>
internal sealed class ContentionReader(DayFiles files, TimeProvider time)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private DateTimeOffset _readAt;
    private ContentionHour _hour = ContentionHour.Empty;

    /// <summary>Sums of the last 60 minutes by host and function; at most a second old, because every list asks.</summary>
    public ContentionHour LastHour()
    {
        lock (_gate)
        {
            DateTimeOffset now = time.GetUtcNow();
            if (now - _readAt >= KeptFor)
            {
                _hour = new ContentionHour(Read(now.AddMinutes(-60), now));
                _readAt = now;
            }

            return _hour;
        }
    }

    /// <summary>Every sum whose minute is in [from, to].</summary>
    public IReadOnlyList<ContentionRow> Read(DateTimeOffset from, DateTimeOffset to)
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

    /// <summary>Events that agents announced as lost, by host.</summary>
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
            command.Parameters.AddWithValue("$from", DaySchema.Minutes(from));
            command.Parameters.AddWithValue("$to", DaySchema.Minutes(to));
            using SqliteDataReader rows = command.ExecuteReader();
            while (rows.Read())
            {
                yield return rows;
            }
        }
    }
}
