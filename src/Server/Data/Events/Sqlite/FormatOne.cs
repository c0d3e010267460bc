using Fleet.Contracts;
using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>
/// Converts a day's file of format 1, which had texts in its rows and an index on the host, to the format of today. Rows keep their
/// numbers, so that positions somebody noted still hold. The new file takes the old one's place at the end: a crash leaves the old one.
/// </summary>
internal static class FormatOne
{
    private const string NewSuffix = ".converting";
    private const int EventsPerTransaction = 50_000;

    /// <returns>How many events it had.</returns>
    public static long Convert(string path)
    {
        string target = path + NewSuffix;
        Remove(target);
        long events;
        using (SqliteConnection old = Open(path, SqliteOpenMode.ReadWrite))
        using (SqliteConnection file = Open(target, SqliteOpenMode.ReadWriteCreate))
        {
            File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            Statement.Run(file, $"PRAGMA page_size={DaySchema.PageBytes}");
            Statement.Run(file, "PRAGMA journal_mode=OFF"); // Nobody needs it half-made.
            using (SqliteCommand create = file.CreateCommand())
            {
                create.CommandText = DaySchema.Create;
                create.ExecuteNonQuery();
            }

            CopyTables(file, path);
            events = CopyEvents(old, file);
            Statement.Run(file, "PRAGMA synchronous=FULL");
            Statement.Run(file, "PRAGMA journal_mode=DELETE");
            Statement.Run(old, "PRAGMA wal_checkpoint(TRUNCATE)");
            Statement.Run(old, "PRAGMA journal_mode=DELETE"); // Its log must not be taken for the new file's.
        }

        using (FileStream written = new(target, FileMode.Open, FileAccess.ReadWrite))
        {
            written.Flush(flushToDisk: true);
        }

        File.Move(target, path, overwrite: true);
        return events;
    }

    private static void CopyTables(SqliteConnection file, string path)
    {
        using (Statement attach = new(file, "ATTACH ? AS old"))
        {
            attach.Bind(1, path);
            attach.Run();
        }

        foreach (string table in (string[])["hosts", "marks", "contention", "losses"])
        {
            Statement.Run(file, $"INSERT INTO main.{table} SELECT * FROM old.{table}");
        }

        Statement.Run(file, "DETACH old");
    }

    private static long CopyEvents(SqliteConnection old, SqliteConnection file)
    {
        using EventInserter inserter = new(file);
        using Statement rows = new(old, "SELECT id, host, payload FROM events ORDER BY id");
        long count = 0;
        Statement.Run(file, "BEGIN");
        while (rows.Step())
        {
            FleetEvent fleetEvent = FleetJson.Read<FleetEvent>(rows.Bytes(2))!;
            inserter.GoOnAfter(rows.Number(0) - 1);
            inserter.Insert(rows.Number(1), fleetEvent, rows.Bytes(2));
            if (++count % EventsPerTransaction is 0)
            {
                inserter.Flush();
                Statement.Run(file, "COMMIT");
                Statement.Run(file, "BEGIN");
            }
        }

        inserter.Flush();
        Statement.Run(file, "COMMIT");
        return count;
    }

    private static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private static void Remove(string path)
    {
        foreach (string suffix in (string[])["", "-wal", "-shm", "-journal"])
        {
            File.Delete(path + suffix);
        }
    }
}
