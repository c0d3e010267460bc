using System.Globalization;
using Fleet.Server.Data.Sqlite;
using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>
/// The files of events, one for each UTC day of arrival. A day's file is written by one writer, and by nobody once the next day's
/// exists; so retention is the deletion of a file, and no index ever grows beyond a day.
/// </summary>
internal sealed class DayFiles(DataDirectory data)
{
    private const string Prefix = "events-";

    /// <summary>The days that have a file, oldest first.</summary>
    public IReadOnlyList<DateOnly> Days()
    {
        List<DateOnly> days = [];
        foreach (string file in Directory.EnumerateFiles(data.Root, Prefix + "*.db"))
        {
            ReadOnlySpan<char> name = Path.GetFileNameWithoutExtension(file.AsSpan());
            if (DateOnly.TryParseExact(name[Prefix.Length..], EventPosition.DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day))
            {
                days.Add(day);
            }
        }

        days.Sort();
        return days;
    }

    public bool Exists(DateOnly day) => File.Exists(PathOf(day));

    /// <summary>Opens a day's file for reading.</summary>
    /// <returns>Null when there is none (any more).</returns>
    public SqliteConnection? OpenForReading(DateOnly day)
    {
        if (!Exists(day))
        {
            return null;
        }

        SqliteConnection connection = new(Connect(day, SqliteOpenMode.ReadOnly));
        try
        {
            connection.Open();
            return connection;
        }
        catch (SqliteException) when (!Exists(day))
        {
            connection.Dispose();
            return null;
        }
    }

    public SqliteConnection OpenForWriting(DateOnly day)
    {
        data.MakePrivate(Path.GetFileName(PathOf(day)));
        SqliteConnection connection = new(Connect(day, SqliteOpenMode.ReadWrite));
        connection.Open();
        DurableConnections.UseWriteAheadLog(connection);
        DurableConnections.Prepare(connection);
        return connection;
    }

    public void Delete(DateOnly day)
    {
        using (SqliteConnection connection = new(Connect(day, SqliteOpenMode.ReadOnly)))
        {
            SqliteConnection.ClearPool(connection);
        }

        foreach (string suffix in (string[])["", "-wal", "-shm"])
        {
            File.Delete(PathOf(day) + suffix);
        }
    }

    private string PathOf(DateOnly day) =>
        data.PathOf(string.Create(CultureInfo.InvariantCulture, $"{Prefix}{day.ToString(EventPosition.DayFormat, CultureInfo.InvariantCulture)}.db"));

    private string Connect(DateOnly day, SqliteOpenMode mode) => new SqliteConnectionStringBuilder
    {
        DataSource = PathOf(day),
        Mode = mode,
        DefaultTimeout = 10,
        Pooling = mode is SqliteOpenMode.ReadOnly,
    }.ToString();
}
