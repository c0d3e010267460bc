using Fleet.Server.Data.Sqlite;
using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>
/// Sums by minute of days whose events are gone, one small file a day. A day that still has its events is never read from here, so a crash
/// between the writing of the one and the deletion of the other counts nothing twice.
/// </summary>
internal sealed class SumFiles(DataDirectory data)
{
    private const string Prefix = "sums-";

    public IReadOnlyList<DateOnly> Days() => DayNames.In(data.Root, Prefix);

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
        using (SqliteConnection file = new(Connect(target, SqliteOpenMode.ReadWrite)))
        {
            file.Open();
            DurableConnections.Prepare(file);
            using SqliteCommand create = file.CreateCommand();
            create.CommandText = DaySchema.Create;
            create.ExecuteNonQuery();
            using (Statement attach = new(file, "ATTACH ? AS day"))
            {
                attach.Bind(1, source.DataSource);
                attach.Run();
            }

            Statement.Run(file, "BEGIN");
            foreach (string table in (string[])["hosts", "contention", "losses"])
            {
                Statement.Run(file, $"INSERT INTO main.{table} SELECT * FROM day.{table}");
            }

            Statement.Run(file, "COMMIT");
        }

        File.Move(target, path, overwrite: true);
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
