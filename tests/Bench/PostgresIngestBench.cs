using System.Diagnostics;
using System.Globalization;
using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Data.Events;
using Fleet.Server.Data.Events.Postgres;
using Fleet.Server.Data.Postgres;
using Fleet.Testing;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Fleet.Bench;

/// <summary>
/// Events stored per second by the server's writer on PostgreSQL, against psql's \copy of the same rows into the same partition with the same indexes, by
/// turns in the same run. In the writer's time but not in psql's: the events as JSON, marks, sums by minute, times of zones, and a commit to the
/// disk for each group. Then lists: newest first, pages of 100, by filters whose answer is in nearly every row, in a few, and in none.
/// </summary>
internal static class PostgresIngestBench
{
    private const int Rounds = 5;
    private const int EventsPerRound = 200_000;
    private const int Asked = 40;
    private const string Columns =
        "id, epoch, seq, time, count, uid, host, kind, function, comm, exe, pid, decision, operation, \"offset\", length, holder, source, feature, payload";

    public static void Run(TextWriter output, string[] options)
    {
        long stored = BenchStore.StoredOption(options);
        if (PostgresCluster.Programs is null)
        {
            output.WriteLine("ingest-postgres: PostgreSQL is not installed; no ratio (apt-get install postgresql)");
            return;
        }

        RunAsync(output, stored).GetAwaiter().GetResult();
    }

    private static async Task RunAsync(TextWriter output, long stored)
    {
        await using PostgresCluster cluster = await PostgresCluster.StartAsync(durable: true, smallDisk: 0, "shared_buffers=512MB", "max_wal_size=8GB", "checkpoint_timeout=15min");
        string database = await cluster.CreateDatabaseAsync("bench");
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(database);
        DbContextOptionsBuilder<PostgresFleetDb> db = new();
        PostgresFleetDb.Configure(db, source);
        await using (PostgresFleetDb migrated = new(db.Options))
        {
            await migrated.Database.MigrateAsync();
        }

        EventSource events = new();
        PostgresEventStore store = new(source, TimeProvider.System);
        await CompareAsync(output, cluster, source, store, events, "an empty store");
        if (stored > 0)
        {
            await FillAsync(output, store, events, stored);
            await CompareAsync(output, cluster, source, store, events, string.Create(CultureInfo.InvariantCulture, $"{stored} stored"));
            await AskAsync(output, store);
        }
    }

    private static async Task CompareAsync(TextWriter output, PostgresCluster cluster, NpgsqlDataSource source, PostgresEventStore store, EventSource events, string at)
    {
        string rows = Path.Combine(Path.GetTempPath(), $"fleet-rows-{Environment.ProcessId}");
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        string table = DayTables.Events(DateOnly.FromDateTime(now.UtcDateTime));
        await MeasureOursAsync(store, events, EventsPerRound / 4, now); // Until the code is compiled.
        List<double> ours = [];
        List<double> psql = [];
        try
        {
            for (int round = 0; round < Rounds; round++)
            {
                ours.Add(await MeasureOursAsync(store, events, EventsPerRound, now));
                long last = (await store.EndAsync(CancellationToken.None)).Row;
                string shifted = Columns.Replace("id,", $"id + {EventsPerRound},", StringComparison.Ordinal);
                await cluster.SqlAsync("bench", $"\\copy (SELECT {shifted} FROM {table} WHERE id > {last - EventsPerRound} AND id <= {last} ORDER BY id) TO '{rows}'");
                long start = Stopwatch.GetTimestamp();
                await cluster.SqlAsync("bench", $"\\copy {table}({Columns}) FROM '{rows}'");
                psql.Add(EventsPerRound / Stopwatch.GetElapsedTime(start).TotalSeconds);
                await using NpgsqlCommand after = source.CreateCommand($"UPDATE event_days SET last_row = {last + EventsPerRound}");
                await after.ExecuteNonQueryAsync();
            }
        }
        finally
        {
            File.Delete(rows);
        }

        (double writer, double copy) = (Median(ours), Median(psql));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"ingest-postgres: at {at}: {writer:0} events/s by the server's writer, {copy:0} rows/s by psql \\copy of the same rows; ratio {writer / copy:0.00}"));
        output.Flush();
    }

    private static async Task<double> MeasureOursAsync(PostgresEventStore store, EventSource events, int count, DateTimeOffset now)
    {
        List<IncomingBatch> batches = events.Batches(count, now);
        await using BenchStore bench = await BenchStore.OpenAsync(store, TimeProvider.System);
        long start = Stopwatch.GetTimestamp();
        await bench.StoreAsync(batches);
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task FillAsync(TextWriter output, PostgresEventStore store, EventSource events, long count)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        long start = Stopwatch.GetTimestamp();
        await using BenchStore bench = await BenchStore.OpenAsync(store, TimeProvider.System);
        await bench.FillAsync(events, count, new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero), now);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"filled in {count} events at {count / Stopwatch.GetElapsedTime(start).TotalSeconds:0} events/s, made by the same process"));
        output.Flush();
    }

    private static async Task AskAsync(TextWriter output, PostgresEventStore store)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        DateTimeOffset midnight = new(now.UtcDateTime.Date, TimeSpan.Zero);
        (string Name, string Q, DateTimeOffset? Since, DateTimeOffset? Until)[] questions =
        [
            ("everything", "", null, null),
            ("a host in many rows", $"host:{EventSource.HostName(17)}", null, null),
            ("a host in few rows", $"host:{EventSource.HostName(EventSource.RareHost)}", null, null),
            ("a kind in many rows", $"kind:{EventKinds.ContentionAccess}", null, null),
            ("a kind in a row of a million", $"kind:{EventKinds.AttestationFailed}", null, null),
            ("a function in many rows", "function:\"0000:05:00.0\"", null, null),
            ("a function in few rows", "function:\"0000:ee:00.0\"", null, null),
            ("host and kind", $"host:{EventSource.HostName(17)} and kind:{EventKinds.InventoryChanged}", null, null),
            ("a minute past midnight", "", midnight.AddMinutes(1), midnight.AddMinutes(2)),
            ("nothing", "host:nobody", null, null),
        ];
        List<double> all = [];
        foreach ((string name, string q, DateTimeOffset? since, DateTimeOffset? until) in questions)
        {
            if (!Selector.TryParse(q, Selectables.EventFields, out Selector? selector, out SelectorError? error))
            {
                throw new InvalidOperationException(error.ToString());
            }

            List<double> times = [];
            EventPage page = null!;
            for (int i = 0; i <= Asked; i++)
            {
                long start = Stopwatch.GetTimestamp();
                page = await store.BackwardAsync(EventFilter.Of(selector, since, until), null, 100, CancellationToken.None);
                if (i > 0)
                {
                    times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
            }

            all.AddRange(times);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"ingest-postgres: {name}: p50 {Percentile(times, 0.5):0.0} ms, p95 {Percentile(times, 0.95):0.0} ms, {page.Items.Count} found{(page.Items.Count < 100 && page.Next is not null ? " so far" : "")}"));
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ingest-postgres: lists by host, kind, function or time: p95 {Percentile(all, 0.95):0.0} ms (goal 100)"));
    }

    private static double Percentile(List<double> values, double share) => values.Order().ElementAt((int)((values.Count - 1) * share));

    private static double Median(List<double> values) => Percentile(values, 0.5);
}
