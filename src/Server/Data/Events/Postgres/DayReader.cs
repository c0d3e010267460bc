using System.Text.Json;
using Fleet.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace Fleet.Server.Data.Events.Postgres;

/// <summary>
/// Reads the rows of one day in steps, each bounded in what it may cost: by an index where few values of host, function or kind are asked
/// for, else through all rows between two bounds.
/// </summary>
internal sealed class DayReader(NpgsqlConnection connection, DateOnly day, EventFilter filter, DayCondition condition, bool descending)
{
    /// <summary>Rows looked at in a step through all rows.</summary>
    public const int RowsPerStep = 20_000;

    /// <summary>Rows looked up in a step: each may be on a page of its own.</summary>
    public const int LookedUpPerStep = 2_000;

    private readonly bool _byIndex = condition.Column is not null;
    private readonly string _order = descending ? "DESC" : "ASC";
    private int _steps;

    /// <summary>Looks at rows from one bound (inclusive) to the other (exclusive), and adds what the filter selects, at most up to the limit.</summary>
    /// <returns>What is left to look at, and how many rows were looked at; nothing is left when the bounds meet.</returns>
    public async Task<(long Start, long End, long Cost)> StepAsync(long start, long end, int limit, List<StoredEvent> found, CancellationToken ct)
    {
        (long from, long to) = _byIndex ? (start, end) : descending ? (Math.Max(start, end - RowsPerStep), end) : (start, Math.Min(end, start + RowsPerStep));
        int most = _byIndex ? ToLookUp(limit - found.Count) : Math.Min(RowsPerStep, (limit - found.Count) * 2);
        await using NpgsqlCommand command = new(_byIndex ? Lookup() : Scan(), connection);
        command.Parameters.Add(SumUpserts.Value(NpgsqlDbType.Bigint, from));
        command.Parameters.Add(SumUpserts.Value(NpgsqlDbType.Bigint, to));
        command.Parameters.Add(SumUpserts.Value(NpgsqlDbType.Integer, most));
        condition.AddTo(command);
        long seen = 0;
        long last = 0;
        await using (NpgsqlDataReader rows = await command.ExecuteReaderAsync(ct))
        {
            while (await rows.ReadAsync(ct))
            {
                seen++;
                last = rows.GetInt64(0);
                if (!rows.IsDBNull(1) && Select(rows) is { } fleetEvent)
                {
                    found.Add(new StoredEvent(new EventPosition(day, last), fleetEvent));
                    if (found.Count >= limit)
                    {
                        break;
                    }
                }
            }
        }

        if (seen >= most || found.Count >= limit)
        {
            return descending ? (start, last, _byIndex ? seen : to - last) : (last + 1, end, _byIndex ? seen : last + 1 - from);
        }

        return _byIndex ? (end, end, seen) : descending ? (start, from, to - from) : (to, end, to - from);
    }

    // Where all that is looked up is selected, what the page lacks is enough. Should that be wrong, the steps grow.
    private int ToLookUp(int lacking) => condition.IsLookupAlone ? (int)Math.Min(LookedUpPerStep, (long)lacking << Math.Min(_steps++ * 2, 20)) : LookedUpPerStep;

    private FleetEvent? Select(NpgsqlDataReader row)
    {
        FleetEvent fleetEvent = JsonSerializer.Deserialize<FleetEvent>(row.GetString(1), FleetJson.Options)!;
        return filter.Matches(fleetEvent) ? fleetEvent : null;
    }

    // The day is named here and not below: its one index with the row behind it is the primary key, and each of these queries can be
    // answered in order by one index alone. Otherwise statistics of an hour ago would decide between a look-up and a walk through all.
    private string Scan() =>
        $"""
        SELECT id, payload FROM {DayTables.Events(day)}
        WHERE day = DATE '{day:yyyy-MM-dd}' AND id >= $1 AND id < $2 AND ({condition.Text}) ORDER BY id {_order} LIMIT $3
        """;

    private string Lookup()
    {
        IEnumerable<string> each = condition.Codes.Select(code =>
            $"(SELECT * FROM {DayTables.Events(day)} WHERE {condition.Column} = {code} AND id >= $1 AND id < $2 ORDER BY id {_order} LIMIT $3)");
        return $"SELECT id, CASE WHEN {condition.Text} THEN payload END FROM ({string.Join(" UNION ALL ", each)}) AS rows ORDER BY id {_order} LIMIT $3";
    }
}
