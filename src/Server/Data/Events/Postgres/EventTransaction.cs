using Fleet.Contracts;
using Fleet.Server.Data.Postgres;
using Npgsql;
using NpgsqlTypes;

namespace Fleet.Server.Data.Events.Postgres;

/// <summary>
/// Stores groups of batches. One transaction at a time in the whole database stores events, which its lock sees to: so rows get their
/// numbers in the order in which they become visible, and who follows by position never passes a row that appears behind it. Marks are read
/// under the same lock, because an agent may come from another server. One caller at a time.
/// </summary>
internal sealed class EventTransaction(NpgsqlDataSource source, TimeProvider time)
{
    /// <summary>Rows whose times are noted together.</summary>
    public const int RowsPerZone = 4096;

    /// <summary>A day that has so many rows is full: the next begins ahead of its time.</summary>
    public const int RowsPerDay = int.MaxValue - 1_000_000;

    private readonly EventCopy _copy = new();
    private readonly SumVariety _variety = new();
    private DayMemory? _memory;

    public async Task<StoredGroup> StoreAsync(IReadOnlyList<IncomingBatch> group, CancellationToken ct)
    {
        try
        {
            await using NpgsqlConnection connection = await source.OpenConnectionAsync(ct);
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(ct);
            (DayMemory memory, long last, Dictionary<(HostId, long), long> marks) = await BeginAsync(connection, group, ct);

            NewEvents events = new((host, epoch) => marks.GetValueOrDefault((host, epoch)));
            ContentionSums sums = new(_variety);
            List<EventRow> rows = Rows(group, events, sums, memory);
            if (rows.Count > 0)
            {
                await _copy.WriteAsync(connection, memory, rows, last, ct);
                await FinishAsync(connection, memory, events, sums, rows, last, ct);
            }

            await transaction.CommitAsync(ct);
            return new StoredGroup(
                [.. rows.Select(row => row.Event)], [.. group.Select(batch => events.Reached(batch.Host, batch.Epoch))], new EventPosition(memory.Day, last + rows.Count));
        }
        catch
        {
            // What is in memory may be ahead of the database now.
            _memory = null;
            throw;
        }
    }

    /// <summary>Makes a day's partitions ahead of it.</summary>
    public async Task PrepareAsync(DateOnly day, CancellationToken ct)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(ct);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(ct);
        await PostgresLocks.TakeForTransactionAsync(connection, PostgresLock.Events, ct);
        await DayTables.CreateAsync(connection, day, ct);
        await transaction.CommitAsync(ct);
    }

    private async Task<(DayMemory Memory, long Last, Dictionary<(HostId, long), long> Marks)> BeginAsync(
        NpgsqlConnection connection, IReadOnlyList<IncomingBatch> group, CancellationToken ct)
    {
        // A clock that was set back, or another server's that is ahead, goes on in the newest day: positions only ever rise.
        DateOnly today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        DayMemory asked = _memory ?? new DayMemory(today);
        await using NpgsqlBatch batch = new(connection);
        batch.BatchCommands.Add(PostgresLocks.ForTransaction(PostgresLock.Events));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SET LOCAL synchronous_commit = on")); // What is acknowledged is on disk, whatever the database's default is.
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT day, last_row FROM event_days ORDER BY day DESC LIMIT 1"));
        batch.BatchCommands.Add(MarksOf(group));
        asked.Ask(batch);
        DateOnly? newest = null;
        long last = 0;
        Dictionary<(HostId, long), long> marks = [];
        await using (NpgsqlDataReader rows = await batch.ExecuteReaderAsync(ct))
        {
            await rows.NextResultAsync(ct); // The lock answers a row of nothing, SET answers none.
            while (await rows.ReadAsync(ct))
            {
                (newest, last) = (rows.GetFieldValue<DateOnly>(0), rows.GetInt64(1));
            }

            await rows.NextResultAsync(ct);
            while (await rows.ReadAsync(ct))
            {
                marks[(new HostId(rows.GetGuid(0)), rows.GetInt64(1))] = rows.GetInt64(2);
            }

            await rows.NextResultAsync(ct);
            await asked.LearnAsync(rows, ct);
        }

        if (newest is { } day && day >= today && last <= RowsPerDay)
        {
            _memory = asked.Day == day ? asked : await ReadAsync(connection, day, ct);
        }
        else
        {
            DateOnly next = newest >= today ? newest.Value.AddDays(1) : today;
            await BeginDayAsync(connection, next, ct);
            (_memory, last) = (new DayMemory(next), 0);
        }

        return (_memory, last, marks);
    }

    private static NpgsqlBatchCommand MarksOf(IReadOnlyList<IncomingBatch> group)
    {
        // A hole in an agent's sequence is told under the server's own epoch of the host.
        (Guid Host, long Epoch)[] keys =
            [.. group.SelectMany(batch => new[] { (batch.Host.Value, batch.Epoch), (batch.Host.Value, IncomingBatch.ServerEpoch) }).Distinct()];
        return new NpgsqlBatchCommand("SELECT host, epoch, seq FROM event_marks JOIN unnest($1, $2) AS asked(host, epoch) USING (host, epoch)")
        {
            Parameters = { SumUpserts.Array(NpgsqlDbType.Uuid, keys.Select(key => key.Host)), SumUpserts.Array(NpgsqlDbType.Bigint, keys.Select(key => key.Epoch)) },
        };
    }

    private static async Task<DayMemory> ReadAsync(NpgsqlConnection connection, DateOnly day, CancellationToken ct)
    {
        DayMemory memory = new(day);
        await using NpgsqlBatch batch = new(connection);
        memory.Ask(batch);
        await using NpgsqlDataReader rows = await batch.ExecuteReaderAsync(ct);
        await memory.LearnAsync(rows, ct);
        return memory;
    }

    private static async Task BeginDayAsync(NpgsqlConnection connection, DateOnly day, CancellationToken ct)
    {
        await DayTables.CreateAsync(connection, day, ct);
        await using NpgsqlBatch batch = new(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("INSERT INTO event_days(day, last_row) VALUES($1, 0)") { Parameters = { SumUpserts.Value(NpgsqlDbType.Date, day) } },
                EpochsOver(),
            },
        };
        await batch.ExecuteNonQueryAsync(ct);
    }

    // Of a host's epochs those that moved last are kept, and the server's own two.
    private static NpgsqlBatchCommand EpochsOver() => new(
        $"""
        DELETE FROM event_marks USING (
            SELECT host, epoch, row_number() OVER (PARTITION BY host ORDER BY moved DESC) AS place FROM event_marks WHERE epoch > {IncomingBatch.ServerEpoch}) AS placed
        WHERE placed.place > {NewEvents.EpochsKept} AND event_marks.host = placed.host AND event_marks.epoch = placed.epoch
        """);

    private static List<EventRow> Rows(IReadOnlyList<IncomingBatch> group, NewEvents events, ContentionSums sums, DayMemory memory)
    {
        List<EventRow> rows = [];
        foreach (IncomingBatch batch in group)
        {
            // A batch of nothing new gives out no number: who stores nothing writes none down.
            int? known = null;
            foreach ((FleetEvent fleetEvent, int? index) in events.Of(batch))
            {
                int host = known ??= memory.HostKey(batch.Host, batch.HostName);
                rows.Add(new EventRow(host, fleetEvent, batch, index));
                sums.Add(host, fleetEvent, batch.Arrival);
            }
        }

        return rows;
    }

    private static async Task FinishAsync(
        NpgsqlConnection connection, DayMemory memory, NewEvents events, ContentionSums sums, List<EventRow> rows, long last, CancellationToken ct)
    {
        await using NpgsqlBatch batch = new(connection);
        memory.Tell(batch);
        batch.BatchCommands.Add(SumUpserts.Marks(events.Moved));
        if (sums.Contention.Count > 0)
        {
            batch.BatchCommands.Add(SumUpserts.Contention(memory.Day, sums.Contention));
        }

        if (sums.Losses.Count > 0)
        {
            batch.BatchCommands.Add(SumUpserts.Losses(memory.Day, sums.Losses));
        }

        batch.BatchCommands.Add(SumUpserts.Zones(memory.Day, Zones(rows, last)));
        batch.BatchCommands.Add(SumUpserts.LastRow(memory.Day, last + rows.Count));
        await batch.ExecuteNonQueryAsync(ct);
    }

    private static Dictionary<int, (long Earliest, long Latest)> Zones(List<EventRow> rows, long last)
    {
        Dictionary<int, (long Earliest, long Latest)> zones = [];
        foreach (EventRow row in rows)
        {
            int zone = (int)(++last / RowsPerZone);
            long at = StoreTime.Microseconds(row.Event.Time);
            zones[zone] = zones.TryGetValue(zone, out (long Earliest, long Latest) span) ? (Math.Min(span.Earliest, at), Math.Max(span.Latest, at)) : (at, at);
        }

        return zones;
    }
}
