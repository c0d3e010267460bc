using Npgsql;

namespace Fleet.Server.Data.Events.Postgres;

/// <summary>
/// Reads events across days, in either direction. A reading has a budget: what was found when it is used up is answered
/// together with the position to go on from, so no question can keep the database busy for long.
/// </summary>
internal sealed class PostgresEventReader(NpgsqlDataSource source, long rowsAtOnce = PostgresEventReader.RowsAtOnce)
{
    private const long RowsAtOnce = 400_000;
    private const int Tries = 3;

    /// <summary>How long after its arrival an event's own time may lie, for choosing days by time.</summary>
    private const int DaysOfClockError = 1;

    public Task<EventPage> BackwardAsync(EventFilter filter, EventPosition? before, int limit, CancellationToken ct) => AgainAsync(() => BackwardOnceAsync(filter, before, limit, ct));

    public Task<EventPage> ForwardAsync(EventFilter filter, EventPosition after, int limit, CancellationToken ct) => AgainAsync(() => ForwardOnceAsync(filter, after, limit, ct));

    private async Task<EventPage> BackwardOnceAsync(EventFilter filter, EventPosition? before, int limit, CancellationToken ct)
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

    private async Task<EventPage> ForwardOnceAsync(EventFilter filter, EventPosition after, int limit, CancellationToken ct)
    {
        List<StoredEvent> found = [];
        EventPosition position = after;
        long budget = rowsAtOnce;
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
                (start, end, long cost) = await reader.StepAsync(start, end, limit, found, ct);
                if (found.Count >= limit)
                {
                    return new EventPage(found, found[^1].Position, More: true);
                }

                budget -= cost;
                if (budget <= 0 && start < end)
                {
                    return new EventPage(found, new EventPosition(day, start - 1), More: true);
                }
            }

            position = new EventPosition(day, last);
            if (budget <= 0)
            {
                return new EventPage(found, position, More: true);
            }
        }

        return new EventPage(found, position);
    }

    public async Task<EventPosition> EndAsync(CancellationToken ct)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(ct);
        return await DaysAsync(connection, ct) is [.., (DateOnly day, long last)] ? new EventPosition(day, last) : default;
    }

    // A day that retention drops while it is read is gone when the days are read anew.
    private static async Task<EventPage> AgainAsync(Func<Task<EventPage>> read)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await read();
            }
            catch (PostgresException error) when (attempt < Tries && error.SqlState is PostgresErrorCodes.UndefinedTable)
            {
                // The next attempt asks which days there are.
            }
        }
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
        SelectorCondition.Of(filter, SelectorCondition.NeedsNames(filter.Selector.Root) ? await DayNames.ReadAsync(connection, day, ct) : DayNames.None);
}
