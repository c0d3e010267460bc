using System.Globalization;
using Fleet.Contracts;
using Fleet.Server.Data.Events;
using Fleet.Server.Data.Events.Postgres;
using Npgsql;

namespace Fleet.Server.Maintenance;

/// <summary>
/// Compares what is stored of events in PostgreSQL with itself: the rows of each day, the order of each agent's, the marks that were acknowledged, and the sums
/// by minute. All of it at one moment; servers may store meanwhile.
/// </summary>
internal sealed class PostgresCheck(NpgsqlDataSource source, Action<string> say)
{
    private readonly List<string> _problems = [];
    private readonly Dictionary<(HostId Host, long Epoch), long> _highest = [];

    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken ct)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(ct);
        await using NpgsqlTransaction moment = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, ct);
        List<(DateOnly Day, long Last)> days = await DaysAsync(connection, ct);
        foreach ((DateOnly day, long last) in days)
        {
            say(DayTables.Events(day));
            await moment.SaveAsync("day", ct);
            try
            {
                await RowsAsync(connection, day, last, ct);
                await OrderAsync(connection, day, ct);
                await SumsAsync(connection, day, ct);
            }
            catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.UndefinedTable || error.SqlState.StartsWith("XX", StringComparison.Ordinal))
            {
                _problems.Add($"{DayTables.Events(day)}: {error.MessageText}.");
                await moment.RollbackAsync("day", ct);
            }
        }

        if (days.Count > 0)
        {
            await MarksAsync(connection, ct);
        }

        return _problems;
    }

    private static async Task<List<(DateOnly Day, long Last)>> DaysAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        List<(DateOnly, long)> days = [];
        await foreach (NpgsqlDataReader row in RowsOfAsync(connection, "SELECT day, last_row FROM event_days ORDER BY day", ct))
        {
            days.Add((row.GetFieldValue<DateOnly>(0), row.GetInt64(1)));
        }

        return days;
    }

    // Rows have no holes: they are numbered under the lock that stores them.
    private async Task RowsAsync(NpgsqlConnection connection, DateOnly day, long last, CancellationToken ct)
    {
        string sql = $"""
            SELECT count(*), coalesce(max(e.id), 0)::bigint, count(*) FILTER (WHERE h.key IS NULL) FROM {DayTables.Events(day)} AS e
            LEFT JOIN event_hosts AS h ON h.day = {Date(day)} AND h.key = e.host
            """;
        await foreach (NpgsqlDataReader row in RowsOfAsync(connection, sql, ct))
        {
            (long count, long highest, long strangers) = (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));
            if (count != last || highest != last)
            {
                _problems.Add($"{DayTables.Events(day)} has {count} events up to row {highest}; {last} were stored.");
            }

            if (strangers > 0)
            {
                _problems.Add($"{DayTables.Events(day)} has {strangers} events of hosts that event_hosts does not name; they are not shown with a filter of hosts.");
            }
        }
    }

    private async Task OrderAsync(NpgsqlConnection connection, DateOnly day, CancellationToken ct)
    {
        string sql = $"""
            SELECT id, epoch, min(seq), max(seq), count(*) FILTER (WHERE back) FROM (
                SELECT h.id, e.epoch, e.seq, e.seq <= lag(e.seq) OVER (PARTITION BY h.id, e.epoch ORDER BY e.id) AS back
                FROM {DayTables.Events(day)} AS e JOIN event_hosts AS h ON h.day = {Date(day)} AND h.key = e.host) AS steps
            GROUP BY id, epoch
            """;
        await foreach (NpgsqlDataReader row in RowsOfAsync(connection, sql, ct))
        {
            (HostId host, long epoch) = (new HostId(row.GetGuid(0)), row.GetInt64(1));
            (long lowest, long highest, long back) = (row.GetInt64(2), row.GetInt64(3), row.GetInt64(4));
            if (back > 0)
            {
                _problems.Add($"{DayTables.Events(day)}: {back} events of host {host} epoch {epoch} are stored more than once, or out of order.");
            }

            long before = _highest.GetValueOrDefault((host, epoch));
            if (lowest <= before)
            {
                _problems.Add($"{DayTables.Events(day)}: host {host} epoch {epoch} begins with event {lowest}, which lies before event {before} of an older day.");
            }

            _highest[(host, epoch)] = Math.Max(before, highest);
        }
    }

    // Of a host and a day in whole: in which minute an event was counted depends on when it arrived, which is not kept.
    private async Task SumsAsync(NpgsqlConnection connection, DateOnly day, CancellationToken ct)
    {
        string sql = $"""
            WITH told AS (
                SELECT e.host, e.count, CASE WHEN e.kind = {Word.Other} THEN substring(e.payload FROM '"kind":"([^"]*)"') ELSE w.text END AS kind
                FROM {DayTables.Events(day)} AS e LEFT JOIN event_words AS w ON w.day = {Date(day)} AND w.code = e.kind),
            events AS (
                SELECT host, least(coalesce(sum(count) FILTER (WHERE kind LIKE 'contention.%'), 0), {SumBounds.Largest}) AS contention,
                    least(coalesce(sum(count) FILTER (WHERE kind = '{EventKinds.AgentLoss}'), 0), {SumBounds.Largest}) AS lost
                FROM told GROUP BY host),
            sums AS (
                SELECT host, least(sum(contention), {SumBounds.Largest}) AS contention, least(sum(lost), {SumBounds.Largest}) AS lost FROM (
                    SELECT host, count AS contention, 0 AS lost FROM {DayTables.Contention(day)}
                    UNION ALL SELECT host, 0, count FROM losses WHERE day = {Date(day)}) AS each GROUP BY host)
            SELECT coalesce(h.name, host::text), coalesce(events.contention, 0)::bigint, coalesce(sums.contention, 0)::bigint, coalesce(events.lost, 0)::bigint, coalesce(sums.lost, 0)::bigint
            FROM events FULL JOIN sums USING (host) LEFT JOIN event_hosts AS h ON h.day = {Date(day)} AND h.key = host
            WHERE coalesce(events.contention, 0) <> coalesce(sums.contention, 0) OR coalesce(events.lost, 0) <> coalesce(sums.lost, 0) ORDER BY 1
            """;
        await foreach (NpgsqlDataReader row in RowsOfAsync(connection, sql, ct))
        {
            (string host, long contention, long summed, long lost, long lostSum) = (row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4));
            if (contention != summed)
            {
                _problems.Add($"{DayTables.Contention(day)}: the sums by minute of {host} come to {summed}, its events of contention to {contention}.");
            }

            if (lost != lostSum)
            {
                _problems.Add($"losses of {day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}: the sums of {host} come to {lostSum}, its announcements to {lost}.");
            }
        }
    }

    // Of epochs that a host had long ago the marks go before their events do.
    private async Task MarksAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        Dictionary<(HostId Host, long Epoch), long> marks = [];
        await foreach (NpgsqlDataReader row in RowsOfAsync(connection, "SELECT host, epoch, seq FROM event_marks", ct))
        {
            marks[(new HostId(row.GetGuid(0)), row.GetInt64(1))] = row.GetInt64(2);
        }

        HashSet<HostId> forgetful = [.. marks.Keys.Where(key => key.Epoch is not IncomingBatch.ServerEpoch).CountBy(key => key.Host).Where(host => host.Value >= NewEvents.EpochsKept).Select(host => host.Key)];
        foreach (((HostId host, long epoch), long highest) in _highest)
        {
            if (!marks.TryGetValue((host, epoch), out long mark) && forgetful.Contains(host) && epoch is not IncomingBatch.ServerEpoch)
            {
                continue;
            }

            if (mark != highest)
            {
                _problems.Add($"event_marks: the mark of host {host} epoch {epoch} is {mark}, its last event {highest}.");
            }
        }
    }

    private static string Date(DateOnly day) => $"DATE '{day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}'";

    private static async IAsyncEnumerable<NpgsqlDataReader> RowsOfAsync(NpgsqlConnection connection, string sql, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await using NpgsqlCommand command = new(sql, connection) { CommandTimeout = 0 };
        await using NpgsqlDataReader rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            yield return rows;
        }
    }
}
