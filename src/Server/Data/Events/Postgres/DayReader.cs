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

    /// <summary>Rows fetched in a step: each may be on a page of its own, and is read as JSON.</summary>
    public const int FetchedPerStep = 2_000;

    /// <summary>A row that is fetched costs this many of those that are walked through.</summary>
    private const long FetchCost = 10;

    /// <summary>What a step costs whatever it finds, in rows.</summary>
    private const long StepCost = 500;

    private readonly IndexWalk? _walk = condition.Lookups.Count > 0 ? new IndexWalk(connection, day, condition, descending) : null;
    private readonly string _order = descending ? "DESC" : "ASC";
    private int _steps;

    /// <summary>Looks at rows from one bound (inclusive) to the other (exclusive), and adds what the filter selects, at most up to the limit.</summary>
    /// <returns>What is left to look at, and what it cost; nothing is left when the bounds meet.</returns>
    public Task<(long Start, long End, long Cost)> StepAsync(long start, long end, int limit, List<StoredEvent> found, CancellationToken ct) =>
        _walk is null ? ScanAsync(start, end, limit, found, ct) : WalkAsync(_walk, start, end, limit, found, ct);

    private async Task<(long Start, long End, long Cost)> WalkAsync(IndexWalk walk, long start, long end, int limit, List<StoredEvent> found, CancellationToken ct)
    {
        int lacking = limit - found.Count;
        (long[] rows, long from, long to, long entries) = await walk.StepAsync(start, end, lacking, ct);

        // Where all that an index says is all that is asked, what the page lacks is enough. Should that be wrong, the steps grow.
        int most = (int)Math.Min(FetchedPerStep, (long)lacking << Math.Min(_steps++ * 2, 20));
        if (rows.Length > most)
        {
            Array.Resize(ref rows, most);
            (from, to) = descending ? (start, rows[^1]) : (rows[^1] + 1, end);
        }

        if (rows.Length > 0)
        {
            await using NpgsqlCommand command = new($"SELECT id, payload FROM {DayTables.Events(day)} WHERE {Day} AND id = ANY($1) AND ({condition.Rows.Text}) ORDER BY id {_order}", connection);
            command.Parameters.Add(SumUpserts.Array(NpgsqlDbType.Bigint, rows));
            command.Parameters.Add(SumUpserts.Value(NpgsqlDbType.Bigint, 0L));
            command.Parameters.Add(SumUpserts.Value(NpgsqlDbType.Integer, 0));
            condition.Rows.AddTo(command);
            await TakeAsync(command, limit, found, ct);
        }

        return (from, to, StepCost + entries + (rows.Length * FetchCost));
    }

    private async Task<(long Start, long End, long Cost)> ScanAsync(long start, long end, int limit, List<StoredEvent> found, CancellationToken ct)
    {
        (long from, long to) = descending ? (Math.Max(start, end - RowsPerStep), end) : (start, Math.Min(end, start + RowsPerStep));
        int most = (int)Math.Min(FetchedPerStep, ((limit - found.Count) * 2L) << Math.Min(_steps++ * 2, 20));
        await using NpgsqlCommand command = new(
            $"SELECT id, payload FROM {DayTables.Events(day)} WHERE {Day} AND id >= $1 AND id < $2 AND ({condition.Rows.Text}) ORDER BY id {_order} LIMIT $3", connection);
        command.Parameters.Add(SumUpserts.Value(NpgsqlDbType.Bigint, from));
        command.Parameters.Add(SumUpserts.Value(NpgsqlDbType.Bigint, to));
        command.Parameters.Add(SumUpserts.Value(NpgsqlDbType.Integer, most));
        condition.Rows.AddTo(command);
        (long seen, long last) = await TakeAsync(command, limit, found, ct);
        if (seen < most && found.Count < limit)
        {
            last = descending ? from : to - 1;
        }

        long cost = StepCost + (seen * FetchCost) + (descending ? to - last : last + 1 - from);
        return descending ? (start, last, cost) : (last + 1, end, cost);
    }

    /// <returns>How many rows came, and the last of them that was looked at.</returns>
    private async Task<(long Seen, long Last)> TakeAsync(NpgsqlCommand command, int limit, List<StoredEvent> found, CancellationToken ct)
    {
        (long seen, long last) = (0, 0);
        await using NpgsqlDataReader rows = await command.ExecuteReaderAsync(ct);
        while (found.Count < limit && await rows.ReadAsync(ct))
        {
            seen++;
            last = rows.GetInt32(0);
            FleetEvent fleetEvent = JsonSerializer.Deserialize<FleetEvent>(rows.GetString(1), FleetJson.Options)!;
            if (filter.Matches(fleetEvent))
            {
                found.Add(new StoredEvent(new EventPosition(day, last), fleetEvent));
            }
        }

        return (seen, last);
    }

    // The day makes its primary key the one index that answers in order.
    private string Day => $"day = DATE '{day:yyyy-MM-dd}'";
}
