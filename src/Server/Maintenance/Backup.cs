using Fleet.Server.Data;
using Fleet.Server.Data.Events.Sqlite;
using Fleet.Server.Identity;
using Fleet.Server.Metrics;
using Microsoft.Data.Sqlite;

namespace Fleet.Server.Maintenance;

/// <summary>
/// Copies what a server knows while it runs: all that it writes as of one moment (<see cref="BackupMoment"/>), then the days that are over. A day's file
/// holds its events and the marks of agents, so marks are never ahead of events.
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
            using (BackupMoment moment = BackupMoment.Take(data))
            {
                CopyDatabases(moment);
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

    // First what is held as of the moment, because meanwhile its log only grows; last the sums, in which a day lives on that is deleted meanwhile.
    private void CopyDatabases(BackupMoment moment)
    {
        string[] held = [.. moment.Names];
        long bytes = held.Concat(moment.Over).Sum(LengthOf);
        long done = 0;
        foreach (string name in held.Concat(moment.Over).Concat(Sums()))
        {
            long length = LengthOf(name);
            say($"{name}: {length / 1_048_576} MiB; {done / 1_048_576} of {bytes / 1_048_576} MiB done");
            string to = Path.Combine(target, name);
            if (held.Contains(name))
            {
                moment.Copy(name, to);
            }
            else if (!CopyOver(name, to))
            {
                continue;
            }

            File.SetUnixFileMode(to, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            Disk.Flush(to);
            Note(name);
            done += length;
        }
    }

    // Looked for when the days have been copied: retention deletes one, and leaves its sums.
    private IEnumerable<string> Sums() => Directory.EnumerateFiles(data, "sums-*.db").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    private long LengthOf(string name) => new FileInfo(Path.Combine(data, name)) is { Exists: true } file ? file.Length : 0;

    /// <summary>Copies a database that nobody writes any more.</summary>
    /// <returns>False when it is gone, or was just being made.</returns>
    private bool CopyOver(string name, string to)
    {
        string from = Path.Combine(data, name);
        if (!File.Exists(from))
        {
            return false;
        }

        using SqliteConnection source = new(new SqliteConnectionStringBuilder { DataSource = from, Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = 60 }.ToString());
        try
        {
            source.Open();
        }
        catch (SqliteException) when (!File.Exists(from))
        {
            return false;
        }

        if (Statement.Number(source, "PRAGMA user_version") is 0)
        {
            return false; // Nothing is in it yet.
        }

        using Statement vacuum = new(source, "VACUUM INTO ?");
        vacuum.Bind(1, to);
        vacuum.Run();
        return true;
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
