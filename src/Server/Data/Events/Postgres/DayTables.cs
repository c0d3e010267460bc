using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace Fleet.Server.Data.Events.Postgres;

/// <summary>
/// The partitions of a day: of events and of contention. Everything here names them directly, so that neither planning nor locking ever
/// touches another day's; the tables above them are for people who ask with psql.
/// </summary>
internal static class DayTables
{
    private static readonly string[] Parents = ["events", "contention"];

    public static string Events(DateOnly day) => "events_" + Suffix(day);

    public static string Contention(DateOnly day) => "contention_" + Suffix(day);

    /// <summary>Makes a day's partitions where they are not there. Two servers may try at once: call it under the lock of events.</summary>
    public static async Task CreateAsync(NpgsqlConnection connection, DateOnly day, CancellationToken ct)
    {
        string date = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        foreach (string parent in Parents)
        {
            string table = $"{parent}_{Suffix(day)}";

            // Attaching takes a lock that readers and writers of other days do not feel; CREATE … PARTITION OF would stop them all.
            // The check spares it the look at every row, and with the default nobody needs to send the day. Rows are only ever added:
            // a vacuum soon after lets indexes answer by themselves, and looks at the new pages alone.
            string sql = $"""
                DO $$ BEGIN
                IF to_regclass('{table}') IS NULL THEN
                    CREATE TABLE {table} (LIKE {parent} INCLUDING ALL, CONSTRAINT {table}_day CHECK (day = DATE '{date}'))
                        WITH (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 50000);
                    ALTER TABLE {table} ALTER COLUMN day SET DEFAULT DATE '{date}';
                    ALTER TABLE {parent} ATTACH PARTITION {table} FOR VALUES IN (DATE '{date}');
                END IF;
                END $$
                """;
            await using NpgsqlCommand command = new(sql, connection);
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    /// <summary>The days that hold something, oldest first.</summary>
    public static async Task<IReadOnlyList<DateOnly>> KeptAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using NpgsqlCommand command = new("SELECT day FROM event_days ORDER BY day", connection);
        await using NpgsqlDataReader rows = await command.ExecuteReaderAsync(ct);
        List<DateOnly> days = [];
        while (await rows.ReadAsync(ct))
        {
            days.Add(rows.GetFieldValue<DateOnly>(0));
        }

        return days;
    }

    /// <summary>The days that hold something and what they take, oldest first.</summary>
    public static async Task<IReadOnlyList<StoredDay>> SizesAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using NpgsqlCommand command = new(
            "SELECT day, coalesce(pg_total_relation_size(to_regclass('events_' || to_char(day, 'YYYYMMDD'))), 0) FROM event_days ORDER BY day", connection);
        await using NpgsqlDataReader rows = await command.ExecuteReaderAsync(ct);
        List<StoredDay> days = [];
        while (await rows.ReadAsync(ct))
        {
            days.Add(new StoredDay(rows.GetFieldValue<DateOnly>(0), rows.GetInt64(1)));
        }

        return days;
    }

    /// <summary>The days of which only sums are left, oldest first.</summary>
    public static async Task<IReadOnlyList<DateOnly>> SumsAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using NpgsqlCommand command = new(
            """
            SELECT right(relname, 8) FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
            WHERE inhparent = 'contention'::regclass AND to_date(right(relname, 8), 'YYYYMMDD') < (SELECT max(day) FROM event_days)
            AND to_date(right(relname, 8), 'YYYYMMDD') NOT IN (SELECT day FROM event_days) ORDER BY 1
            """,
            connection);
        await using NpgsqlDataReader rows = await command.ExecuteReaderAsync(ct);
        List<DateOnly> days = [];
        while (await rows.ReadAsync(ct))
        {
            days.Add(DateOnly.ParseExact(rows.GetString(0), EventPosition.DayFormat, CultureInfo.InvariantCulture));
        }

        return days;
    }

    /// <summary>Drops a day's events; its sums, and the hosts that they name, stay.</summary>
    public static Task DropEventsAsync(NpgsqlConnection connection, DateOnly day, CancellationToken ct) =>
        DropAsync(connection, day, [Events(day)], ["event_days", "event_words", "event_zones"], ct);

    /// <summary>Drops the sums that are left of a day; of one on which nothing happened also the partition that was made ready for its events.</summary>
    public static Task DropSumsAsync(NpgsqlConnection connection, DateOnly day, CancellationToken ct) =>
        DropAsync(connection, day, [Contention(day), Events(day)], ["event_hosts", "losses"], ct);

    // Gives up after two seconds of waiting for those who read it: who waits for a table's end makes all others wait behind.
    private static async Task DropAsync(NpgsqlConnection connection, DateOnly day, string[] partitions, string[] tables, CancellationToken ct)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(ct);
        await using NpgsqlBatch batch = new(connection, transaction)
        {
            BatchCommands = { new NpgsqlBatchCommand("SET LOCAL lock_timeout = '2s'"), new NpgsqlBatchCommand($"DROP TABLE IF EXISTS {string.Join(", ", partitions)}") },
        };
        foreach (string table in tables)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"DELETE FROM {table} WHERE day = $1") { Parameters = { new NpgsqlParameter { Value = day, NpgsqlDbType = NpgsqlDbType.Date } } });
        }

        await batch.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    private static string Suffix(DateOnly day) => day.ToString(EventPosition.DayFormat, CultureInfo.InvariantCulture);
}
