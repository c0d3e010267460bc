using Fleet.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace Fleet.Server.Data.Events.Postgres;

/// <summary>Reads the sums by minute across days.</summary>
internal sealed class PostgresSumReader(NpgsqlDataSource source)
{
    private static readonly string Total = $"least(sum(count), {SumBounds.Largest})";

    public async Task<IReadOnlyList<ContentionRow>> ContentionAsync(SumQuery query, CancellationToken ct)
    {
        await using NpgsqlCommand command = source.CreateCommand($"""
            SELECT sums.minute, hosts.id, hosts.name, kind, function, comm, decision, feature, region, count
            FROM ({query.Sql("day >= $3 AND minute >= $1 AND minute <= $2", Total, "day")}) AS sums
            LEFT JOIN event_hosts AS hosts ON hosts.day = sums.day AND hosts.key = sums.host LIMIT {query.Most + 1}
            """);
        Between(command, query.From, query.To);
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync(ct);
        List<ContentionRow> sums = [];
        while (await row.ReadAsync(ct))
        {
            if (sums.Count >= query.Most)
            {
                throw new TooManySumsException(query);
            }

            sums.Add(new ContentionRow(
                DateTimeOffset.UnixEpoch.AddMinutes(row.GetInt32(0)),
                row.IsDBNull(1) ? default : new HostId(row.GetGuid(1)),
                row.IsDBNull(2) ? "" : row.GetString(2),
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

    public async Task<IReadOnlyDictionary<HostId, long>> LossesAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        await using NpgsqlCommand command = source.CreateCommand(
            $"""
            SELECT id, {Total}::bigint FROM losses JOIN event_hosts ON event_hosts.day = losses.day AND event_hosts.key = losses.host
            WHERE losses.day >= $3 AND minute >= $1 AND minute <= $2 GROUP BY id
            """);
        Between(command, from, to);
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync(ct);
        Dictionary<HostId, long> losses = [];
        while (await row.ReadAsync(ct))
        {
            losses.Add(new HostId(row.GetGuid(0)), row.GetInt64(1));
        }

        return losses;
    }

    // A minute is never later than its arrival: older days cannot hold it.
    private static void Between(NpgsqlCommand command, DateTimeOffset from, DateTimeOffset to)
    {
        command.Parameters.Add(SumUpserts.Value(NpgsqlDbType.Integer, (int)StoreTime.Minutes(from)));
        command.Parameters.Add(SumUpserts.Value(NpgsqlDbType.Integer, (int)StoreTime.Minutes(to)));
        command.Parameters.Add(SumUpserts.Value(NpgsqlDbType.Date, DateOnly.FromDateTime(from.UtcDateTime)));
    }
}
