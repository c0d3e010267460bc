using Fleet.Server.Data;
using Fleet.Server.Data.Events.Sqlite;
using Fleet.Server.Identity;
using Fleet.Server.Metrics;
using Microsoft.Data.Sqlite;

namespace Fleet.Server.Maintenance;

/// <summary>
/// Copies what a server knows while it runs. Each database is copied as of one moment (VACUUM INTO reads in one transaction), and a day's
/// file holds its events and the marks of agents, so marks are never ahead of events. fleet.db comes last: it knows every host that has events.
/// </summary>
internal sealed class Backup(string data, string target, TimeProvider time, Action<string> say)
{
    // What a server keeps beside its databases. Named, because much else may lie in the same directory: an agent of this machine, logs, simulated
    // hosts whose trees of links have no end.
    private static readonly string[] Kept = [AdminToken.File, DataDirectory.Keys, "keys", ImportKeys.DirectoryName];
    private static readonly EnumerationOptions WithoutLinks = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false };
    private readonly List<BackupFile> _files = [];

    /// <exception cref="MaintenanceException">It cannot be made; what was begun is not a backup, because it has no manifest.</exception>
    public BackupManifest Run()
    {
        if (!Directory.Exists(data) || !File.Exists(Path.Combine(data, "admin.token")))
        {
            throw new MaintenanceException($"{data} is not the data directory of a server. Give it with --data.");
        }

        Disk.TakeEmpty(target, "--to");
        DateTimeOffset began = time.GetUtcNow();
        try
        {
            List<string> databases = [.. Directory.EnumerateFiles(data, "*.db").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
            List<string> events = databases.Where(name => name is not "fleet.db").ToList();
            long bytes = databases.Sum(name => new FileInfo(Path.Combine(data, name)).Length);
            long done = 0;
            foreach (string name in events.Concat(databases.Except(events)))
            {
                say($"{name}: {new FileInfo(Path.Combine(data, name)).Length / 1_048_576} MiB; {done / 1_048_576} of {bytes / 1_048_576} MiB done");
                CopyDatabase(name);
                done += new FileInfo(Path.Combine(data, name)).Length;
            }

            foreach (string path in Kept.SelectMany(FilesOf).Where(path => !path.EndsWith(".lock", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            {
                string name = Path.GetRelativePath(data, path);
                Disk.Copy(path, Path.Combine(target, name));
                Note(name);
            }

            BackupManifest manifest = new(BackupManifest.CurrentFormat, began, FleetGauges.Version, Schema(), _files);
            manifest.Write(target);
            return manifest;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new MaintenanceException($"The backup was not completed: {error.Message} {target} holds part of one; delete it and try again.", error);
        }
    }

    private IEnumerable<string> FilesOf(string name)
    {
        string path = Path.Combine(data, name);
        return Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", WithoutLinks) : File.Exists(path) ? [path] : [];
    }

    private void CopyDatabase(string name)
    {
        string to = Path.Combine(target, name);
        using (SqliteConnection source = new(new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(data, name),
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
            DefaultTimeout = 60,
        }.ToString()))
        {
            source.Open();
            if (name is not "fleet.db" && Statement.Number(source, "PRAGMA user_version") is 0)
            {
                return; // A day's file that is just being made: nothing is in it yet.
            }

            using Statement vacuum = new(source, "VACUUM INTO ?");
            vacuum.Bind(1, to);
            vacuum.Run();
        }

        File.SetUnixFileMode(to, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Disk.Flush(to);
        Note(name);
    }

    private void Note(string name)
    {
        string path = Path.Combine(target, name);
        _files.Add(new BackupFile(name, new FileInfo(path).Length, Disk.Sha256(path)));
    }

    private string Schema()
    {
        string path = Path.Combine(target, "fleet.db");
        if (!File.Exists(path))
        {
            return "";
        }

        using SqliteConnection database = new(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        database.Open();
        using Statement last = new(database, "SELECT MigrationId FROM __EFMigrationsHistory ORDER BY MigrationId DESC LIMIT 1");
        return last.Step() ? last.Text(0) : "";
    }
}
