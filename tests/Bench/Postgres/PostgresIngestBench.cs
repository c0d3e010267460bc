using System.Diagnostics;
using System.Globalization;
using Fleet.Server.Data.Events;
using Fleet.Server.Data.Events.Postgres;
using Fleet.Testing;
using Npgsql;

namespace Fleet.Bench.Postgres;

/// <summary>
/// Events stored per second by the server's writer on PostgreSQL, against psql's \copy of the same rows into the same partition with the same indexes, by
/// turns in the same run. In the writer's time but not in psql's: the events as JSON, marks, sums by minute, times of zones, and a commit to the
/// disk for each group.
/// </summary>
internal static class PostgresIngestBench
{
    private const int Rounds = 5;
    private const int EventsPerRound = 200_000;
    private const string Columns =
        "id, epoch, seq, time, count, uid, host, kind, function, comm, exe, pid, decision, operation, \"offset\", length, holder, source, feature, payload";

    public static void Run(TextWriter output, string[] options)
    {
        StoredOptions asked = StoredOptions.Read(options);
        if (PostgresCluster.Programs is null)
        {
            output.WriteLine("ingest-postgres: PostgreSQL is not installed; no ratio (apt-get install postgresql)");
            return;
        }

        RunAsync(output, asked).GetAwaiter().GetResult();
    }

    private static async Task RunAsync(TextWriter output, StoredOptions asked)
    {
        await using FilledCluster filled = await FilledCluster.OpenAsync(asked);
        if (filled.Stored is 0)
        {
            await CompareAsync(output, filled, "an empty store");
        }

        if (asked.Stored > 0)
        {
            await filled.FillAsync(output, asked.Stored);
            await CompareAsync(output, filled, string.Create(CultureInfo.InvariantCulture, $"{filled.Stored} stored"));
        }
    }

    private static async Task CompareAsync(TextWriter output, FilledCluster filled, string at)
    {
        string rows = Path.Combine(Path.GetTempPath(), $"fleet-rows-{Environment.ProcessId}");
        string table = DayTables.Events(DateOnly.FromDateTime(filled.Now.UtcDateTime));
        await MeasureOursAsync(filled, EventsPerRound / 4); // Until the code is compiled.
        List<double> ours = [];
        List<double> psql = [];
        try
        {
            for (int round = 0; round < Rounds; round++)
            {
                ours.Add(await MeasureOursAsync(filled, EventsPerRound));
                long last = (await filled.Store.EndAsync(CancellationToken.None)).Row;
                string shifted = Columns.Replace("id,", $"id + {EventsPerRound},", StringComparison.Ordinal);
                await filled.Cluster.SqlAsync(FilledCluster.Name, $"\\copy (SELECT {shifted} FROM {table} WHERE id > {last - EventsPerRound} AND id <= {last} ORDER BY id) TO '{rows}'");
                long start = Stopwatch.GetTimestamp();
                await filled.Cluster.SqlAsync(FilledCluster.Name, $"\\copy {table}({Columns}) FROM '{rows}'");
                psql.Add(EventsPerRound / Stopwatch.GetElapsedTime(start).TotalSeconds);
                await using NpgsqlCommand after = filled.Source.CreateCommand($"UPDATE event_days SET last_row = {last + EventsPerRound} WHERE last_row = {last}");
                await after.ExecuteNonQueryAsync();
                filled.Added(EventsPerRound);
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round + 1} of {Rounds}: {ours[^1]:0} events/s, psql {psql[^1]:0} rows/s"));
                output.Flush();
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

    private static async Task<double> MeasureOursAsync(FilledCluster filled, int count)
    {
        List<IncomingBatch> batches = filled.Events.Batches(count, filled.Now);
        await using BenchStore bench = await BenchStore.OpenAsync(filled.Store, filled.Clock);
        long start = Stopwatch.GetTimestamp();
        await bench.StoreAsync(batches);
        filled.Added(count);
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
