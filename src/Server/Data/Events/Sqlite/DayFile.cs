using Fleet.Contracts;
using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>The file that is written today. One thread at a time.</summary>
internal sealed class DayFile : IDisposable
{
    /// <summary>
    /// How far the rows of a file lie from those of one of its day that was set aside: more than a day has. So positions rise, and whoever follows the store
    /// takes none of the new rows for one it has seen.
    /// </summary>
    private const long RowsAside = 1L << 40;

    private const string Settings = "PRAGMA cache_size=-65536; PRAGMA wal_autocheckpoint=4000;";
    private readonly SqliteConnection _connection;
    private readonly Marks _marks;
    private readonly EventInserter _inserter;
    private readonly MarkWriter _markWriter;
    private readonly SumWriter _sumWriter;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _addHost;
    private readonly ContentionSums _sums;
    private readonly HostKeys _hosts = new();

    private DayFile(DateOnly day, SqliteConnection connection, Marks marks, SumVariety variety)
    {
        Day = day;
        _connection = connection;
        _marks = marks;
        _sums = new ContentionSums(variety);
        _inserter = new EventInserter(connection);
        _markWriter = new MarkWriter(connection);
        _sumWriter = new SumWriter(connection);
        _begin = new Statement(connection, "BEGIN IMMEDIATE");
        _commit = new Statement(connection, "COMMIT");
        _addHost = new Statement(connection, "INSERT INTO hosts(key, id, name) VALUES(?, ?, ?)");
    }

    public DateOnly Day { get; }

    /// <summary>Opens the day's file, making it when it is not there; the marks of all older files hold in it too.</summary>
    /// <param name="files">The files.</param>
    /// <param name="day">The day.</param>
    /// <param name="variety">What hosts began sums of, in whatever file.</param>
    /// <param name="known">The last row that the day is known to have had, in a file that was set aside perhaps; 0 when nothing is known.</param>
    /// <exception cref="DamagedDayException">A file, of this day or an older one, is not what was written.</exception>
    public static DayFile Open(DayFiles files, DateOnly day, SumVariety variety, long known = 0)
    {
        Marks marks = new();
        SqliteConnection connection = files.OpenForWriting(day);
        try
        {
            Execute(connection, Settings);

            // user_version is set in the transaction that makes the tables and carries the marks over: a file half-made by a crash is made again.
            if (Version(connection) is 0)
            {
                Begin(files, connection, day, marks);
            }
            else
            {
                marks.Read(connection);
            }

            DayFile opened = new(day, connection, marks, variety);
            opened.ReadHosts();
            opened.GoOnAfter(known, files.Damaged(day).Count);
            return opened;
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

    /// <summary>The highest sequence on disk.</summary>
    public long MarkOf(HostId host, long epoch) => _marks.Of(host, epoch);

    /// <summary>
    /// Stores batches in one transaction; returns the events that were new, each with its sequence, after they are on disk. When it throws,
    /// what is in memory may be ahead of the disk: dispose of this, which rolls the transaction back, and open the file again.
    /// </summary>
    public IReadOnlyList<FleetEvent> Store(IReadOnlyList<IncomingBatch> batches, out EventPosition last)
    {
        List<FleetEvent> stored = [];
        NewEvents events = new(_marks.Of);
        _begin.Run();
        foreach (IncomingBatch batch in batches)
        {
            long key = HostKey(batch.Host, batch.HostName);
            foreach ((FleetEvent fleetEvent, int? index) in events.Of(batch))
            {
                _inserter.Insert(key, fleetEvent, index is { } place ? batch.Json(place) : FleetJson.Write(fleetEvent));
                _sums.Add(key, fleetEvent, batch.Arrival);
                stored.Add(fleetEvent);
            }
        }

        foreach (((HostId host, long epoch), (long sequence, long minute)) in events.Moved)
        {
            _markWriter.Write(host, epoch, sequence, minute);
        }

        _inserter.Flush();
        _sumWriter.Write(_sums);
        _sums.Clear();
        _commit.Run();
        last = new EventPosition(Day, _inserter.LastRow);

        // Nobody may see marks before they are on disk: an agent forgets what is below its own.
        foreach (((HostId host, long epoch), (long sequence, long minute)) in events.Moved)
        {
            _marks.Set(host, epoch, sequence, minute);
        }

        return stored;
    }

    public void Dispose()
    {
        _inserter.Dispose();
        _markWriter.Dispose();
        _sumWriter.Dispose();
        _begin.Dispose();
        _commit.Dispose();
        _addHost.Dispose();
        _connection.Dispose();
    }

    private static void Begin(DayFiles files, SqliteConnection connection, DateOnly day, Marks marks)
    {
        foreach (DateOnly older in files.Days().Where(older => older < day))
        {
            using SqliteConnection? file = files.OpenForReading(older);
            try
            {
                if (file is not null)
                {
                    marks.Read(file);
                }
            }
            catch (SqliteException error) when (DamagedDayException.IsDamage(error))
            {
                throw new DamagedDayException(older, error);
            }
        }

        // A file that was set aside may still say what agents were told: what they forgot since must not look like new.
        foreach (string name in files.Damaged())
        {
            try
            {
                using SqliteConnection damaged = files.OpenDamaged(name);
                marks.Read(damaged);
            }
            catch (SqliteException)
            {
                // Then the agents' next batches begin after a hole, and that is said.
            }
        }

        using SqliteTransaction transaction = connection.BeginTransaction();
        Execute(connection, DaySchema.Create, transaction);
        marks.CarryOver(connection);
        transaction.Commit();
    }

    private static long Version(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        return (long)command.ExecuteScalar()!;
    }

    private void GoOnAfter(long known, int aside)
    {
        if (aside > 0 && _inserter.LastRow is 0)
        {
            _inserter.GoOnAfter(Math.Max((known / RowsAside) + 1, aside) * RowsAside);
        }
    }

    private long HostKey(HostId id, string name)
    {
        name = StorableText.Of(name);
        long key = _hosts.Of(id, name, out bool isNew);
        if (isNew)
        {
            _addHost.Bind(1, key);
            _addHost.Bind(2, id.ToString());
            _addHost.Bind(3, name);
            _addHost.Run();
        }

        return key;
    }

    private void ReadHosts()
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = "SELECT key, id, name FROM hosts";
        using SqliteDataReader rows = command.ExecuteReader();
        while (rows.Read())
        {
            _hosts.Learn(rows.GetInt32(0), HostId.Parse(rows.GetString(1)), rows.GetString(2));
        }
    }

    private static void Execute(SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
