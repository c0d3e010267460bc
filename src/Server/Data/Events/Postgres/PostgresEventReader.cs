using Fleet.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace Fleet.Server.Data.Events.Postgres;

/// <summary>
/// Reads events across days, in either direction, and the sums by minute. A reading backwards has a budget: what was found when it is used up is answered
/// together with the position to go on from, so no question can keep the database busy for long.
/// </summary>
internal sealed class PostgresEventReader(NpgsqlDataSource source, long rowsAtOnce = PostgresEventReader.RowsAtOnce)
{
    private const long RowsAtOnce = 400_000;

    /// <summary>How long after its arrival an event's own time may lie, for choosing days by time.</summary>
    private const int DaysOfClockError = 1;

    public async Task<EventPage> BackwardAsync(EventFilter filter, EventPosition? before, int limit, CancellationToken ct)
    {
        List<StoredEvent> found = [];
        long budget = rowsAtOnce;
        EventPosition bound = before ?? EventPosition.EndOf(DateOnly.MaxValue);
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(ct);
        await using NpgsqlTransaction reading = await ReadingPlans.BeginAsync(connection, ct);
        foreach ((DateOnly day, long last) in (await DaysAsync(connection, ct)).Reverse().Where(day => day.Day <= bound.Day))
        {
            if (filter.Since is { } since && day.AddDays(DaysOfClockError) < DateOnly.FromDateTime(since.UtcDateTime))
            {
                break;
            }

            DayCondition condition = await ConditionAsync(connection, filter, day, ct);
            if (condition.IsNothing)
            {
                continue;
            }

            long first = day == bound.Day && bound.Row <= last ? bound.Row : last + 1;
            DayReader reader = new(connection, day, filter, condition, descending: true);
            foreach ((long from, long to) in (await DayZones.RunsAsync(connection, filter, day, first, condition.Lookups.Count > 0, ct)).Reverse())
            {
                (long start, long end) = (from, to);
                while (start < end)
                {
                    (start, end, long cost) = await reader.StepAsync(start, end, limit, found, ct);
                    if (found.Count >= limit)
                    {
                        return new EventPage(found, found[^1].Position);
                    }

                    budget -= cost;
                    if (budget <= 0)
                    {
                        return new EventPage(found, new EventPosition(day, end));
                    }
                }
            }
        }

        return new EventPage(found, null);
    }

    public async Task<EventPage> ForwardAsync(EventFilter filter, EventPosition after, int limit, CancellationToken ct)
    {
        List<StoredEvent> found = [];
        EventPosition position = after;
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(ct);
        await using NpgsqlTransaction reading = await ReadingPlans.BeginAsync(connection, ct);
        foreach ((DateOnly day, long last) in (await DaysAsync(connection, ct)).Where(day => day.Day >= after.Day))
        {
            long start = day == after.Day ? after.Row + 1 : 1;
            if (start > last)
            {
                continue;
            }

            DayCondition condition = await ConditionAsync(connection, filter, day, ct);
            DayReader reader = new(connection, day, filter, condition, descending: false);
            long end = condition.IsNothing ? start : last + 1;
            while (start < end)
            {
                (start, end, _) = await reader.StepAsync(start, end, limit, found, ct);
                if (found.Count >= limit)
                {
                    return new EventPage(found, found[^1].Position);
                }
            }

            position = new EventPosition(day, last);
        }

        return new EventPage(found, position);
    }

    public async Task<EventPosition> EndAsync(CancellationToken ct)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(ct);
        return await DaysAsync(connection, ct) is [.., (DateOnly day, long last)] ? new EventPosition(day, last) : default;
    }

    public async Task<IReadOnlyList<ContentionRow>> ContentionAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        await using NpgsqlCommand command = source.CreateCommand(
            """
            SELECT minute, id, name, kind, function, comm, decision, feature, region, count
            FROM contention JOIN event_hosts ON event_hosts.day = contention.day AND event_hosts.key = contention.host
            WHERE contention.day >= $3 AND minute >= $1 AND minute <= $2
            """);
        Between(command, from, to);
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync(ct);
        List<ContentionRow> sums = [];
        while (await row.ReadAsync(ct))
        {
            sums.Add(new ContentionRow(
                DateTimeOffset.UnixEpoch.AddMinutes(row.GetInt32(0)),
                new HostId(row.GetGuid(1)),
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

    public async Task<IReadOnlyDictionary<HostId, long>> LossesAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        await using NpgsqlCommand command = source.CreateCommand(
            """
            SELECT id, sum(count)::bigint FROM losses JOIN event_hosts ON event_hosts.day = losses.day AND event_hosts.key = losses.host
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

    private static async Task<IReadOnlyList<(DateOnly Day, long Last)>> DaysAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using NpgsqlCommand command = new("SELECT day, last_row FROM event_days ORDER BY day", connection);
        await using NpgsqlDataReader rows = await command.ExecuteReaderAsync(ct);
        List<(DateOnly, long)> days = [];
        while (await rows.ReadAsync(ct))
        {
            days.Add((rows.GetFieldValue<DateOnly>(0), rows.GetInt64(1)));
        }

        return days;
    }

    private static async Task<DayCondition> ConditionAsync(NpgsqlConnection connection, EventFilter filter, DateOnly day, CancellationToken ct) =>
        SelectorCondition.Of(filter, SelectorCondition.IsWorthIt(filter) ? await DayNames.ReadAsync(connection, day, ct) : DayNames.None);
}
