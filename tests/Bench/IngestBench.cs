using System.Diagnostics;
using System.Globalization;
using Fleet.Server.Data;
using Fleet.Server.Data.Events;

namespace Fleet.Bench;

/// <summary>
/// Events stored per second by the server's writer, against the sqlite3 shell's .import of the same rows into the same table, which is
/// what SQLite itself can do on this disk. In the writer's time but not in the shell's: the events as JSON, marks, sums by minute, where
/// the rows of each host, kind and function are, and a commit to the disk for each group.
/// </summary>
internal static class IngestBench
{
    private const int Rounds = 5;
    private const int EventsPerRound = 200_000;

    public static void Run(TextWriter output, string[] options)
    {
        long stored = BenchStore.StoredOption(options);
        string root = Directory.CreateTempSubdirectory("fleet-ingest-").FullName;
        try
        {
            using DataDirectory data = DataDirectory.Open(root);
            EventSource source = new();
            Compare(output, data, source, "an empty store");
            if (stored > 0)
            {
                BenchStore.FillAsync(output, data, source, stored).GetAwaiter().GetResult();
                Compare(output, data, source, string.Create(CultureInfo.InvariantCulture, $"{stored} stored"));
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    // By turns, in the same file: whatever else the machine does falls on both.
    private static void Compare(TextWriter output, DataDirectory data, EventSource source, string at)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        string file = Path.Combine(data.Root, $"events-{now.UtcDateTime.ToString(EventPosition.DayFormat, CultureInfo.InvariantCulture)}.db");
        string rows = Path.Combine(data.Root, "rows.csv");
        MeasureOursAsync(data, source, EventsPerRound / 4, now).GetAwaiter().GetResult(); // Until the code is compiled.
        List<double> ours = [];
        List<double> shell = [];
        for (int round = 0; round < Rounds; round++)
        {
            ours.Add(MeasureOursAsync(data, source, EventsPerRound, now).GetAwaiter().GetResult());
            string export = string.Create(
                CultureInfo.InvariantCulture, $"WITH last AS (SELECT max(id) AS id FROM events) SELECT e.id + {EventsPerRound} AS id, host, epoch, seq, time, kind, function, comm, exe, pid, uid, decision, operation, offset, length, holder, source, feature, count, payload FROM events AS e, last WHERE e.id > last.id - {EventsPerRound};");
            if (!Shell(file, ".mode csv", $".output {rows}", export))
            {
                output.WriteLine("ingest: sqlite3 is not installed; no ratio (apt-get install sqlite3)");
                return;
            }

            long start = Stopwatch.GetTimestamp();
            Shell(file, "PRAGMA synchronous=FULL;", "PRAGMA cache_size=-65536;", "PRAGMA wal_autocheckpoint=4000;", ".mode csv", $".import {rows} events");
            shell.Add(EventsPerRound / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        (double writer, double import) = (Median(ours), Median(shell));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"ingest: at {at}: {writer:0} events/s by the server's writer, {import:0} rows/s by sqlite3 .import of the same rows; ratio {writer / import:0.00}"));
    }

    private static async Task<double> MeasureOursAsync(DataDirectory data, EventSource source, int count, DateTimeOffset now)
    {
        List<IncomingBatch> batches = source.Batches(count, now);
        await using BenchStore store = await BenchStore.OpenAsync(data, TimeProvider.System);
        await store.StoreAsync(source.Batches(EventSource.BatchSize, now)); // The file is open and its caches are warm.
        long start = Stopwatch.GetTimestamp();
        await store.StoreAsync(batches);
        await store.CloseAsync(); // The shell's time holds its last checkpoint too.
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static bool Shell(string database, params string[] commands)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("sqlite3", [database])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
            process.StandardInput.Write(string.Join('\n', commands) + "\n");
            process.StandardInput.Close();
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode is 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
