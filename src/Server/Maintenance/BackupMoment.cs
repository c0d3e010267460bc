using Fleet.Server.Data.Events.Sqlite;
using Microsoft.Data.Sqlite;

namespace Fleet.Server.Maintenance;

/// <summary>
/// The databases that a server writes, open as of one moment. It is taken while nobody can change fleet.db: what the server has to tell is then either
/// in its outbox or among the events, and never in neither, as it could be between two copies; and fleet.db knows every host that has events.
/// </summary>
internal sealed class BackupMoment : IDisposable
{
    private const string Fleet = "fleet.db";
    private const string Days = "events-";

    // Of days only the newest is written, or the one before where midnight is now. The files of older ones never change.
    private const int WrittenDays = 2;
    private readonly List<(string Name, SqliteConnection Open)> _databases = [];
    private List<string> _over = [];

    private BackupMoment()
    {
    }

    /// <summary>Names of the files that are open as of the moment.</summary>
    public IEnumerable<string> Names => _databases.Select(database => database.Name);

    /// <summary>Names of the files of days that were over at the moment, oldest first. A day that begins after it is not part of it.</summary>
    public IReadOnlyList<string> Over => _over;

    /// <exception cref="SqliteException">A database cannot be opened, or another held the one lock of fleet.db for a minute.</exception>
    public static BackupMoment Take(string data)
    {
        BackupMoment moment = new();
        try
        {
            if (!File.Exists(Path.Combine(data, Fleet)))
            {
                return moment; // The database is PostgreSQL.
            }

            using SqliteConnection nobodyElse = Open(Path.Combine(data, Fleet), SqliteOpenMode.ReadWrite);
            Statement.Run(nobodyElse, "BEGIN IMMEDIATE");
            moment.Hold(data, Fleet);
            List<string> days = [.. Directory.EnumerateFiles(data, Days + "*.db").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
            foreach (string name in days.TakeLast(WrittenDays))
            {
                moment.Hold(data, name);
            }

            moment._over = [.. days.SkipLast(WrittenDays)];
            Statement.Run(nobodyElse, "ROLLBACK");
            return moment;
        }
        catch
        {
            moment.Dispose();
            throw;
        }
    }

    /// <summary>Copies one of them as it was, into a file that is not there yet, and lets it go.</summary>
    public void Copy(string name, string to)
    {
        int index = _databases.FindIndex(database => database.Name == name);
        using (SqliteConnection source = _databases[index].Open)
        using (SqliteConnection target = Open(to, SqliteOpenMode.ReadWriteCreate))
        {
            _databases.RemoveAt(index);
            source.BackupDatabase(target);
            Statement.Run(target, "PRAGMA journal_mode=DELETE"); // One file and no log beside it.
        }
    }

    public void Dispose() => _databases.ForEach(database => database.Open.Dispose());

    // A transaction sees what was there at its first reading for as long as it lasts.
    private void Hold(string data, string name)
    {
        SqliteConnection database = Open(Path.Combine(data, name), SqliteOpenMode.ReadOnly);
        try
        {
            Statement.Run(database, "BEGIN");
            if (Statement.Number(database, "SELECT count(*) FROM sqlite_schema") is 0)
            {
                database.Dispose(); // A day's file that is just being made.
                return;
            }

            _databases.Add((name, database));
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 60 }.ToString());
        try
        {
            connection.Open();
            Statement.Run(connection, "PRAGMA busy_timeout=60000");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
