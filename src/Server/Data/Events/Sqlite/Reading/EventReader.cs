using System.Text.Json;
using Fleet.Contracts;
using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events.Sqlite.Reading;

/// <summary>
/// Reads events across the days' files, in either direction. A reading has a budget: what was found when it is used up is answered
/// together with the position to go on from, so no question can keep the disk busy for long.
/// </summary>
internal sealed class EventReader(DayFiles files, long rowsAtOnce = EventReader.RowsAtOnce)
{
    private const long RowsAtOnce = 400_000;
    private const int RowsPerStep = 20_000;

    /// <summary>How long after its arrival an event's own time may lie, for choosing files by time.</summary>
    private const int DaysOfClockError = 1;

    /// <summary>Newest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="before">Only what is stored before this; null for all.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="ct">Cancels.</param>
    public EventPage Backward(EventFilter filter, EventPosition? before, int limit, CancellationToken ct)
    {
        List<StoredEvent> found = [];
        long budget = rowsAtOnce;
        EventPosition bound = before ?? EventPosition.EndOf(DateOnly.MaxValue);
        foreach (DateOnly day in files.Days().Reverse().Where(day => day <= bound.Day))
        {
            if (filter.Since is { } since && day.AddDays(DaysOfClockError) < DateOnly.FromDateTime(since.UtcDateTime))
            {
                break;
            }

            using SqliteConnection? file = files.OpenForReading(day);
            if (file is null)
            {
                continue;
            }

            try
            {
                // One transaction: places and events are of the same moment.
                using SqliteTransaction moment = file.BeginTransaction(deferred: true);
                using BlockReader reader = new(file, day, filter, limit, found);
                if (reader.Read(day == bound.Day ? bound.Row : long.MaxValue, ref budget, ct) is { } next)
                {
                    return new EventPage(found, next);
                }
            }
            catch (SqliteException error) when (DamagedDayException.IsDamage(error))
            {
                throw new DamagedDayException(day, error);
            }
        }

        return new EventPage(found, null);
    }

    /// <summary>Oldest first, from just after a position.</summary>
    /// <returns>What was found; Next is where to go on, and equals <paramref name="after"/> when there is nothing new.</returns>
    public EventPage Forward(EventFilter filter, EventPosition after, int limit, CancellationToken ct)
    {
        List<StoredEvent> found = [];
        EventPosition position = after;
        long budget = rowsAtOnce;
        foreach (DateOnly day in files.Days().Where(day => day >= after.Day))
        {
            using SqliteConnection? file = files.OpenForReading(day);
            if (file is null)
            {
                continue;
            }

            try
            {
                (long last, bool all) = Forward(file, day, filter, day == after.Day ? after.Row + 1 : 1, limit, found, ref budget, ct);
                if (last > 0 && new EventPosition(day, last).CompareTo(position) > 0)
                {
                    position = new EventPosition(day, last);
                }

                if (!all)
                {
                    return new EventPage(found, position, More: true);
                }
            }
            catch (SqliteException error) when (DamagedDayException.IsDamage(error))
            {
                throw new DamagedDayException(day, error);
            }
        }

        return new EventPage(found, position);
    }

    /// <summary>The position after everything stored now.</summary>
    public EventPosition End()
    {
        foreach (DateOnly day in files.Days().Reverse())
        {
            using SqliteConnection? file = files.OpenForReading(day);
            if (file is null)
            {
                continue;
            }

            try
            {
                return new EventPosition(day, LastRow(file));
            }
            catch (SqliteException error) when (DamagedDayException.IsDamage(error))
            {
                throw new DamagedDayException(day, error);
            }
        }

        return default;
    }

    /// <summary>The event of a row (id, payload); null when the filter does not select it.</summary>
    public static FleetEvent? Take(Statement row, EventFilter filter)
    {
        try
        {
            FleetEvent? fleetEvent = FleetJson.Read<FleetEvent>(row.Bytes(1));
            return fleetEvent is not null && filter.Matches(fleetEvent) ? fleetEvent : null;
        }
        catch (JsonException)
        {
            // A byte of this text changed on the disk, which SQLite does not notice. `fleet-server check` counts such rows; here the others are worth more.
            return null;
        }
    }

    /// <summary>The first row: not 1 where a file of the same day was set aside.</summary>
    public static long FirstRow(SqliteConnection file) => Statement.Number(file, "SELECT coalesce(min(id), 0) FROM events");

    public static long LastRow(SqliteConnection file) => Statement.Number(file, "SELECT coalesce(max(id), 0) FROM events");

    /// <returns>The last row that was looked at, and whether that is the last there is.</returns>
    private static (long Last, bool All) Forward(
        SqliteConnection file, DateOnly day, EventFilter filter, long first, int limit, List<StoredEvent> found, ref long budget, CancellationToken ct)
    {
        using SqliteTransaction moment = file.BeginTransaction(deferred: true);
        using FilterPlan plan = FilterPlan.Of(file, filter);
        using Statement rows = new(file, $"SELECT id, payload FROM events WHERE id >= ? AND id < ? AND ({plan.Where}) ORDER BY id");
        long last = LastRow(file);
        for (long start = Math.Max(first, FirstRow(file)); start <= last; start += RowsPerStep)
        {
            ct.ThrowIfCancellationRequested();
            if (budget <= 0)
            {
                return (start - 1, false);
            }

            rows.Bind(1, start);
            rows.Bind(2, Math.Min(last + 1, start + RowsPerStep));
            while (rows.Step())
            {
                budget -= BlockReader.TextCost;
                if (Take(rows, filter) is { } fleetEvent)
                {
                    found.Add(new StoredEvent(new EventPosition(day, rows.Number(0)), fleetEvent));
                    if (found.Count >= limit)
                    {
                        return (rows.Number(0), false);
                    }
                }
            }

            budget -= RowsPerStep;
        }

        return (last, true);
    }
}
