using System.Text.Json;
using Fleet.Contracts;
using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>
/// Reads events across the days' files, in either direction. A reading has a budget of rows: what was found when it is used up is
/// answered together with the position to go on from, so no question can keep the disk busy for long.
/// </summary>
internal sealed class EventReader(DayFiles files)
{
    private const int RowsPerStep = 20_000;
    private const int RowBudget = 400_000;

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
        SqlCondition sql = SelectorSql.Translate(filter);
        long budget = RowBudget;
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

            long end = day == bound.Day && bound.Row != long.MaxValue ? bound.Row : LastRow(file) + 1;
            while (end > 1)
            {
                ct.ThrowIfCancellationRequested();
                long start = Math.Max(1, end - RowsPerStep);
                bool full = Read(file, day, filter, sql, start, end, descending: true, limit, found);
                if (full)
                {
                    return new EventPage(found, found[^1].Position);
                }

                budget -= end - start;
                end = start;
                if (budget <= 0)
                {
                    return new EventPage(found, new EventPosition(day, end));
                }
            }
        }

        return new EventPage(found, null);
    }

    /// <summary>Oldest first, from just after a position.</summary>
    /// <returns>What was found; Next is where to go on, and equals <paramref name="after"/> when there is nothing new.</returns>
    public EventPage Forward(EventFilter filter, EventPosition after, int limit, CancellationToken ct)
    {
        List<StoredEvent> found = [];
        SqlCondition sql = SelectorSql.Translate(filter);
        EventPosition position = after;
        foreach (DateOnly day in files.Days().Where(day => day >= after.Day))
        {
            using SqliteConnection? file = files.OpenForReading(day);
            if (file is null)
            {
                continue;
            }

            long last = LastRow(file);
            long start = day == after.Day ? after.Row + 1 : 1;
            while (start <= last)
            {
                ct.ThrowIfCancellationRequested();
                long end = Math.Min(last + 1, start + RowsPerStep);
                if (Read(file, day, filter, sql, start, end, descending: false, limit, found))
                {
                    return new EventPage(found, found[^1].Position);
                }

                start = end;
            }

            if (last > 0 && new EventPosition(day, last).CompareTo(position) > 0)
            {
                position = new EventPosition(day, last);
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
            if (file is not null)
            {
                return new EventPosition(day, LastRow(file));
            }
        }

        return default;
    }

    private static bool Read(
        SqliteConnection file, DateOnly day, EventFilter filter, SqlCondition sql, long start, long end, bool descending, int limit, List<StoredEvent> found)
    {
        using SqliteCommand command = file.CreateCommand();
        command.CommandText =
            $"SELECT id, payload FROM events WHERE id >= $start AND id < $end AND ({sql.Text}) ORDER BY id {(descending ? "DESC" : "ASC")}";
        command.Parameters.AddWithValue("$start", start);
        command.Parameters.AddWithValue("$end", end);
        for (int i = 0; i < sql.Values.Count; i++)
        {
            command.Parameters.AddWithValue("$p" + i, sql.Values[i]);
        }

        using SqliteDataReader rows = command.ExecuteReader();
        while (rows.Read())
        {
            FleetEvent fleetEvent = JsonSerializer.Deserialize<FleetEvent>(rows.GetString(1), FleetJson.Options)!;
            if (!filter.Matches(fleetEvent))
            {
                continue;
            }

            found.Add(new StoredEvent(new EventPosition(day, rows.GetInt64(0)), fleetEvent));
            if (found.Count >= limit)
            {
                return true;
            }
        }

        return false;
    }

    private static long LastRow(SqliteConnection file)
    {
        using SqliteCommand command = file.CreateCommand();
        command.CommandText = "SELECT coalesce(max(id), 0) FROM events";
        return (long)command.ExecuteScalar()!;
    }
}
