using Fleet.Server.Data.Sqlite;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>
/// Sums by minute of days whose events are gone, one small file a day. A day that still has its events is never read from here, so a crash
/// between the writing of the one and the deletion of the other counts nothing twice.
/// </summary>
internal sealed class SumFiles(DataDirectory data)
{
    private const string Prefix = "sums-";
    private const int NoSpace = 28;

    public IReadOnlyList<DateOnly> Days() => DayNames.In(data.Root, Prefix);

    /// <summary>Names of the files that were set aside, until somebody takes them away.</summary>
    public IReadOnlyList<string> Damaged() => DamagedFiles.In(data.Root, Prefix);

    /// <summary>Takes a damaged file out of the way.</summary>
    /// <returns>Its new name; null when it is not there any more.</returns>
    public string? SetAside(DateOnly day) => File.Exists(PathOf(day)) ? DamagedFiles.SetAside(PathOf(day)) : null;

    /// <summary>Takes the sums out of a day's file of events.</summary>
    public void Keep(DayFiles events, DateOnly day)
    {
        using SqliteConnection? source = events.OpenForReading(day);
        if (source is null)
        {
            return;
        }

        string path = PathOf(day);
        string target = path + ".new";
        File.Delete(target);
        data.MakePrivate(Path.GetFileName(target));
        try
        {
            Copy(source.DataSource, target);
        }
        catch
        {
            File.Delete(target);
            File.Delete(target + "-journal");
            throw;
        }

        File.Move(target, path, overwrite: true);
    }

    /// <summary>Whether the disk has no room, or does not take what is written. Even to read a day takes a little: the index of its log.</summary>
    public static bool IsOfTheDisk(Exception error) => error is
        SqliteException { SqliteErrorCode: raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN } or IOException { HResult: NoSpace };

    private static void Copy(string events, string target)
    {
        using (SqliteConnection file = new(Connect(target, SqliteOpenMode.ReadWrite)))
        {
            file.Open();
            DurableConnections.Prepare(file);
            using SqliteCommand create = file.CreateCommand();
            create.CommandText = DaySchema.Create;
            create.ExecuteNonQuery();
            using (Statement attach = new(file, "ATTACH ? AS day"))
            {
                attach.Bind(1, events);
                attach.Run();
            }

            Statement.Run(file, "BEGIN");
            foreach (string table in (string[])["hosts", "contention", "losses"])
            {
                Statement.Run(file, $"INSERT INTO main.{table} SELECT * FROM day.{table}");
            }

            Statement.Run(file, "COMMIT");
        }
    }

    public SqliteConnection? OpenForReading(DateOnly day)
    {
        if (!File.Exists(PathOf(day)))
        {
            return null;
        }

        SqliteConnection connection = new(Connect(PathOf(day), SqliteOpenMode.ReadOnly));
        connection.Open();
        return connection;
    }

    public void Delete(DateOnly day) => File.Delete(PathOf(day));

    private string PathOf(DateOnly day) => data.PathOf(DayNames.Of(Prefix, day));

    private static string Connect(string path, SqliteOpenMode mode) =>
        new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ToString();
}
