using Fleet.Server.Data.Events.Sqlite;
using Fleet.Server.Data.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Maintenance;

/// <summary>Looks for what is wrong with a data directory or a backup. Reads only; the server may run meanwhile.</summary>
internal sealed class StoreCheck(string directory, Action<string> say)
{
    /// <summary>Every problem found; none is a good sign.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken ct)
    {
        List<string> problems = [];
        if (File.Exists(Path.Combine(directory, BackupManifest.Name)))
        {
            say("the files of the backup against its manifest");
            problems.AddRange(ManifestCheck.Problems(directory, BackupManifest.Read(directory)));
        }

        if (File.Exists(Path.Combine(directory, "fleet.db")))
        {
            say("fleet.db");
            problems.AddRange(await FleetAsync(ct));
        }

        foreach (string path in Directory.EnumerateFiles(directory, "events-*.db").Order(StringComparer.Ordinal))
        {
            ct.ThrowIfCancellationRequested();
            say(Path.GetFileName(path));
            problems.AddRange(Day(path));
        }

        foreach (string path in Directory.EnumerateFiles(directory, "sums-*.db").Order(StringComparer.Ordinal))
        {
            ct.ThrowIfCancellationRequested();
            say(Path.GetFileName(path));
            problems.AddRange(Integrity(path));
        }

        problems.AddRange(Directory.EnumerateFiles(directory, "*.damaged*").Where(path => !path.EndsWith("-wal", StringComparison.Ordinal) && !path.EndsWith("-shm", StringComparison.Ordinal))
            .Select(path => $"{Path.GetFileName(path)} was found damaged before and set aside."));
        return problems;
    }

    private async Task<List<string>> FleetAsync(CancellationToken ct)
    {
        string path = Path.Combine(directory, "fleet.db");
        List<string> problems = Integrity(path);
        if (problems.Count > 0)
        {
            return problems;
        }

        DbContextOptionsBuilder<SqliteFleetDb> builder = new();
        builder.UseSqlite(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        await using SqliteFleetDb db = new(builder.Options);
        return [.. await DatabaseCheck.ProblemsAsync(db, "fleet.db", ct)];
    }

    private static List<string> Day(string path)
    {
        string name = Path.GetFileName(path);
        List<string> problems = Integrity(path);
        if (problems.Count > 0)
        {
            return problems;
        }

        using SqliteConnection file = Open(path);
        long version = Statement.Number(file, "PRAGMA user_version");
        if (version is 0)
        {
            return []; // Just being made.
        }

        if (version != DaySchema.Version)
        {
            return [$"{name} is of format {version}; this version reads {DaySchema.Version}. One start of fleet-server run converts an older one."];
        }

        // One transaction: the server may be storing.
        Statement.Run(file, "BEGIN");
        if (Statement.Number(file, "SELECT count(*) FROM events WHERE NOT json_valid(payload)") is > 0 and long unreadable)
        {
            problems.Add($"{name} has {unreadable} events whose text is damaged; they are not shown.");
        }

        using Statement epochs = new(file, """
            SELECT h.id, e.epoch, max(e.seq), count(*) - count(DISTINCT e.seq), coalesce(m.seq, 0) FROM events AS e JOIN hosts AS h ON h.key = e.host
            LEFT JOIN marks AS m ON m.host = h.id AND m.epoch = e.epoch GROUP BY h.id, e.epoch
            """);
        while (epochs.Step())
        {
            (long highest, long repeated, long mark) = (epochs.Number(2), epochs.Number(3), epochs.Number(4));
            if (highest != mark)
            {
                problems.Add($"{name}: the mark of host {epochs.Text(0)} epoch {epochs.Number(1)} is {mark}, its last event {highest}.");
            }

            if (repeated > 0)
            {
                problems.Add($"{name}: {repeated} events of host {epochs.Text(0)} epoch {epochs.Number(1)} are stored more than once.");
            }
        }

        return problems;
    }

    private static List<string> Integrity(string path)
    {
        List<string> problems = [];
        try
        {
            using SqliteConnection file = Open(path);
            using Statement check = new(file, "PRAGMA integrity_check(20)");
            while (check.Step())
            {
                if (check.Text(0) is not "ok")
                {
                    problems.Add($"{Path.GetFileName(path)}: {check.Text(0).ReplaceLineEndings(" ")}");
                }
            }
        }
        catch (SqliteException error)
        {
            problems.Add($"{Path.GetFileName(path)}: {error.Message}");
        }

        return problems;
    }

    private static SqliteConnection Open(string path)
    {
        SqliteConnection file = new(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = 60 }.ToString());
        file.Open();
        return file;
    }
}
