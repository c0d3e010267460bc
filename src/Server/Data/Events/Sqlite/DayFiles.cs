using Fleet.Server.Data.Sqlite;
using Fleet.Server.Hosting;
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
    public IReadOnlyList<DateOnly> Days() => DayNames.In(data.Root, Prefix);

    /// <summary>What a day takes on disk, its log included.</summary>
    public long BytesOf(DateOnly day)
    {
        long bytes = 0;
        foreach (string suffix in (string[])["", "-wal"])
        {
            FileInfo file = new(PathOf(day) + suffix);
            bytes += file.Exists ? file.Length : 0;
        }

        return bytes;
    }

    /// <summary>Brings every file to the format of today; before anything else opens one.</summary>
    /// <exception cref="StartException">A file is of a later version of the server.</exception>
    public void Prepare(ILogger log)
    {
        foreach (DateOnly day in Days())
        {
            try
            {
                Prepare(day, log);
            }
            catch (Exception error) when (error is DamagedDayException || (error is SqliteException reason && DamagedDayException.IsDamage(reason)))
            {
                log.DaySetAside(error, day, SetAside(day));
            }
        }
    }

    /// <summary>Takes a damaged file out of the way, with its log; it is not opened any more, but for what may be saved of its marks.</summary>
    /// <returns>Its new name.</returns>
    public string SetAside(DateOnly day)
    {
        ClearPool(day);
        return DamagedFiles.SetAside(PathOf(day));
    }

    /// <summary>Names of the files that were set aside, until somebody takes them away.</summary>
    public IReadOnlyList<string> Damaged() => DamagedFiles.In(data.Root, Prefix);

    /// <summary>Names of those of one day.</summary>
    public IReadOnlyList<string> Damaged(DateOnly day) => DamagedFiles.In(data.Root, Path.GetFileNameWithoutExtension(PathOf(day)));

    /// <summary>Opens a file that was set aside, as well as it can be.</summary>
    public SqliteConnection OpenDamaged(string name)
    {
        SqliteConnection connection = new(
            new SqliteConnectionStringBuilder { DataSource = data.PathOf(name), Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    public bool Exists(DateOnly day) => File.Exists(PathOf(day));

    /// <summary>Opens a day's file for reading.</summary>
    /// <returns>Null when there is none (any more), or none whose making has come to its end.</returns>
    /// <exception cref="DamagedDayException">It is no file of SQLite's.</exception>
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
            if (Statement.Number(connection, "PRAGMA user_version") is not 0)
            {
                return connection;
            }

            connection.Dispose();
            return null;
        }
        catch (SqliteException) when (!Exists(day))
        {
            connection.Dispose();
            return null;
        }
        catch (SqliteException error) when (DamagedDayException.IsDamage(error))
        {
            connection.Dispose();
            throw new DamagedDayException(day, error);
        }
    }

    public SqliteConnection OpenForWriting(DateOnly day)
    {
        data.MakePrivate(Path.GetFileName(PathOf(day)));
        SqliteConnection connection = new(Connect(day, SqliteOpenMode.ReadWrite));
        try
        {
            connection.Open();
            Statement.Run(connection, $"PRAGMA page_size={DaySchema.PageBytes}"); // Of a file that is empty yet.
            DurableConnections.UseWriteAheadLog(connection);
            DurableConnections.Prepare(connection);
            return connection;
        }
        catch (SqliteException error) when (DamagedDayException.IsDamage(error))
        {
            connection.Dispose();
            throw new DamagedDayException(day, error);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Delete(DateOnly day)
    {
        ClearPool(day);
        foreach (string suffix in (string[])["", "-wal", "-shm"])
        {
            File.Delete(PathOf(day) + suffix);
        }
    }

    private void Prepare(DateOnly day, ILogger log)
    {
        long version;
        using (SqliteConnection? file = OpenForReading(day))
        {
            version = file is null ? 0 : Statement.Number(file, "PRAGMA user_version");
        }

        if (version > DaySchema.Version)
        {
            throw new StartException(
                $"{PathOf(day)} is of format {version}, written by a later version of fleet-server; this one knows formats up to {DaySchema.Version}. "
                + "Start that version, or move the file away: its events are then not shown.");
        }

        if (version is 1)
        {
            log.DayConverting(day);
            ClearPool(day);
            log.DayConverted(day, FormatOne.Convert(PathOf(day)));
        }
    }

    private void ClearPool(DateOnly day)
    {
        using SqliteConnection connection = new(Connect(day, SqliteOpenMode.ReadOnly));
        SqliteConnection.ClearPool(connection);
    }

    private string PathOf(DateOnly day) => data.PathOf(DayNames.Of(Prefix, day));

    private string Connect(DateOnly day, SqliteOpenMode mode) => new SqliteConnectionStringBuilder
    {
        DataSource = PathOf(day),
        Mode = mode,
        DefaultTimeout = 10,
        Pooling = mode is SqliteOpenMode.ReadOnly,
    }.ToString();
}
