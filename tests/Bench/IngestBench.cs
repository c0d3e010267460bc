using System.Diagnostics;
using System.Globalization;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Server.Data;
using Fleet.Server.Data.Events;
using Fleet.Server.Data.Events.Sqlite;
using Fleet.Server.Data.Sqlite;
using Microsoft.Data.Sqlite;

namespace Fleet.Bench;

/// <summary>
/// Events stored per second by the server's writer, against the sqlite3 shell's .import of the same rows into the same tables and
/// indexes, which is what SQLite itself can do on this disk. The writer also keeps marks, sums by minute and a commit per 5,000 events.
/// </summary>
internal static class IngestBench
{
    private const int Events = 100_000;
    private const int Hosts = 100;
    private const int BatchSize = 500;
    private const int BatchesPerTransaction = 10;

    public static void Run(TextWriter output)
    {
        string root = Directory.CreateTempSubdirectory("fleet-ingest-").FullName;
        try
        {
            using DataDirectory data = DataDirectory.Open(root);
            DayFiles files = new(data);
            DateOnly day = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
            List<IncomingBatch> batches = Batches();
            double ours = Measure(() => Store(files, day, batches));
            output.WriteLine(Line("events/s by the server's writer", ours));
            if (Import(files, day, root) is not { } shell)
            {
                output.WriteLine("ingest: sqlite3 is not installed; no ratio (apt-get install sqlite3)");
                return;
            }

            output.WriteLine(Line("rows/s by sqlite3 .import of the same rows", shell));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ingest: ratio writer / .import = {ours / shell:0.00}"));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static void Store(DayFiles files, DateOnly day, List<IncomingBatch> batches)
    {
        using DayFile file = DayFile.Open(files, day);
        foreach (IncomingBatch[] group in batches.Chunk(BatchesPerTransaction))
        {
            file.Store(group, out _);
        }
    }

    // The rows go out as CSV first, untimed; then the shell reads them into a copy of the schema with the same settings.
    private static double? Import(DayFiles files, DateOnly day, string root)
    {
        string source = Path.Combine(root, $"events-{day.ToString(EventPosition.DayFormat, CultureInfo.InvariantCulture)}.db");
        string csv = Path.Combine(root, "rows.csv");
        string target = Path.Combine(root, "imported.db");
        if (!Shell(source, ".mode csv", $".output {csv}", "SELECT * FROM events;"))
        {
            return null;
        }

        using (SqliteConnection connection = new($"Data Source={target};Pooling=False"))
        {
            connection.Open();
            DurableConnections.UseWriteAheadLog(connection);
            using SqliteCommand create = connection.CreateCommand();
            create.CommandText = DaySchema.Create;
            create.ExecuteNonQuery();
        }

        return Measure(() => Shell(
            target, "PRAGMA synchronous=FULL;", "PRAGMA cache_size=-65536;", "PRAGMA wal_autocheckpoint=8000;", ".mode csv", $".import {csv} events"));
    }

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

    private static double Measure(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Events / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static string Line(string what, double rate) => string.Create(CultureInfo.InvariantCulture, $"ingest: {rate:0} {what}");

    private static List<IncomingBatch> Batches()
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        HostId[] hosts = [.. Enumerable.Range(0, Hosts).Select(i => new HostId(Guid.CreateVersion7(now.AddMilliseconds(i))))];
        List<IncomingBatch> batches = [];
        for (int batch = 0; batch < Events / BatchSize; batch++)
        {
            HostId host = hosts[batch % Hosts];
            long first = ((batch / Hosts) * BatchSize) + 1;
            string name = $"host-{batch % Hosts}";
            FleetEvent[] events = [.. Enumerable.Range(0, BatchSize).Select(i => Event(host, name, first + i, now))];
            batches.Add(new IncomingBatch(host, name, 1, events, now));
        }

        return batches;
    }

    private static FleetEvent Event(HostId host, string name, long sequence, DateTimeOffset now) => new()
    {
        Host = host,
        HostName = name,
        Epoch = 1,
        Sequence = sequence,
        Time = now,
        Kind = EventKinds.ContentionAccess,
        Function = new PciAddress(0, (byte)(sequence % 8), 0, 0),
        Caller = new Caller { Pid = (int)(sequence % 1000) + 2, Comm = "setpci", Exe = "/usr/bin/setpci", Uid = 0 },
        Operation = AccessOperation.Write,
        Offset = 0x150,
        Length = 4,
        Decision = Decision.Refuse,
        Claim = new ClaimReference("broker", ClaimSource.Default, 0x148, 16),
        Detail = "A write of 4 bytes at 0x150 was refused: broker holds 0x148 to 0x157.",
    };
}
