using Fleet.Contracts;
using Microsoft.Data.Sqlite;

namespace Fleet.Agent.Uplink;

/// <summary>
/// The spool on disk: epoch, last sequence, the events that wait, contention that was merged, the losses that were not told of yet.
/// Every change is one transaction with synchronous=FULL. All members take the one lock.
/// </summary>
internal sealed class SpoolFile : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SpoolSql _sql;
    private readonly Dictionary<long, int> _rowBytes = [];

    // Rows of merged contention that cannot be read, and their bytes: they go with the next write.
    private readonly Dictionary<long, int> _unreadable = [];
    private SpoolLoad _load;
    private long _acknowledged;

    private SpoolFile(SpoolSql sql)
    {
        _sql = sql;
        Epoch = _sql.ReadMeta("epoch");
        LastSequence = _sql.ReadMeta("last");
        Given = LastSequence;
        WasOpen = _sql.ReadMeta("open") is not 0;
        Written = DateTimeOffset.FromUnixTimeMilliseconds(_sql.ReadMeta("written"));
        _load = new SpoolLoad(
            _sql.Scalar(null, "SELECT COUNT(*) FROM events"), _sql.Scalar(null, "SELECT COALESCE(SUM(LENGTH(body)), 0) FROM events"),
            _sql.Scalar(null, "SELECT COUNT(*) FROM merged"), _sql.Scalar(null, "SELECT COALESCE(SUM(LENGTH(body)), 0) FROM merged"));
        Owner = _sql.Text("SELECT host FROM owner");
    }

    public long Epoch { get; private set; }

    public long LastSequence { get; private set; }

    /// <summary>The last sequence that the server may know: what was read, or what there was when it was opened.</summary>
    public long Given { get; private set; }

    /// <summary>The host whose server knows the epoch; null for a host that has not joined.</summary>
    public string? Owner { get; private set; }

    /// <summary>Whether the last agent that had it open never closed it.</summary>
    public bool WasOpen { get; }

    /// <summary>When it was last written, when it was opened.</summary>
    public DateTimeOffset Written { get; }

    /// <summary>Rows of merged contention that <see cref="Merged"/> could not read.</summary>
    public int Unreadable
    {
        get
        {
            lock (_gate)
            {
                return _unreadable.Count;
            }
        }
    }

    public SpoolLoad Load
    {
        get
        {
            lock (_gate)
            {
                return _load;
            }
        }
    }

    /// <summary>Opens the file or makes a new one with a new epoch; throws <see cref="SqliteException"/> when it is not a spool.</summary>
    public static SpoolFile Open(string path)
    {
        SpoolSql sql = new(SpoolSchema.Open(path));
        try
        {
            return new SpoolFile(sql);
        }
        catch
        {
            sql.Dispose();
            throw;
        }
    }

    /// <summary>Does what a plan says in one transaction; returns the events with their sequences.</summary>
    public IReadOnlyList<FleetEvent> Append(SpoolPlan plan, DateTimeOffset now)
    {
        lock (_gate)
        {
            SpoolLoad load = _load;
            List<FleetEvent> stored = new(plan.Events.Count);
            Dictionary<long, int> rows = [];
            using SqliteTransaction transaction = _sql.Begin();
            using SqliteCommand insert = _sql.Command(transaction, "INSERT INTO events VALUES($key, $body)");
            long last = LastSequence;
            foreach (FleetEvent e in plan.Events)
            {
                FleetEvent numbered = e with { Epoch = Epoch, Sequence = ++last };
                int bytes = SpoolSql.Put(insert, last, numbered);
                load = load with { Events = load.Events + 1, EventBytes = load.EventBytes + bytes };
                stored.Add(numbered);
            }

            foreach ((long row, int bytes) in _unreadable)
            {
                _sql.Execute(transaction, "DELETE FROM merged WHERE id = $1", row);
                load = load with { Rows = load.Rows - 1, RowBytes = load.RowBytes - bytes };
            }

            using SqliteCommand merge = _sql.Command(transaction, "INSERT INTO merged VALUES($key, $body) ON CONFLICT DO UPDATE SET body = excluded.body");
            foreach (MergedRow row in plan.Merged.Values)
            {
                bool known = _rowBytes.TryGetValue(row.Id, out int before);
                rows[row.Id] = SpoolSql.Put(merge, row.Id, row.Event);
                load = load with { Rows = load.Rows + (known ? 0 : 1), RowBytes = load.RowBytes - before + rows[row.Id] };
            }

            foreach (long row in plan.Released)
            {
                _sql.Execute(transaction, "DELETE FROM merged WHERE id = $1", row);
                load = load with { Rows = load.Rows - 1, RowBytes = load.RowBytes - _rowBytes[row] };
            }

            // What a full disk kept from being deleted.
            load = Delete(transaction, load);
            SpoolLosses.Store(_sql, transaction, plan.Untold);
            _sql.WriteMeta(transaction, "last", last);
            _sql.WriteMeta(transaction, "open", 1); // A disk that was full at start may have refused it then.
            _sql.WriteMeta(transaction, "written", now.ToUnixTimeMilliseconds());
            transaction.Commit();
            LastSequence = last;
            _load = load;
            _unreadable.Clear();
            foreach (long row in plan.Released)
            {
                _rowBytes.Remove(row);
            }

            foreach ((long row, int bytes) in rows)
            {
                _rowBytes[row] = bytes;
            }

            return stored;
        }
    }

    /// <summary>Notes that an agent has the file open, or has closed it as it should.</summary>
    public void MarkOpen(bool open, DateTimeOffset now)
    {
        lock (_gate)
        {
            using SqliteTransaction transaction = _sql.Begin();
            _sql.WriteMeta(transaction, "open", open ? 1 : 0);
            _sql.WriteMeta(transaction, "written", now.ToUnixTimeMilliseconds());
            transaction.Commit();
        }
    }

    /// <summary>Losses that no event has told of yet.</summary>
    public IReadOnlyDictionary<LossKey, Loss> Losses()
    {
        lock (_gate)
        {
            return SpoolLosses.Read(_sql);
        }
    }

    /// <summary>Contention that was merged and has no sequence yet, by its row; what cannot be read is left out.</summary>
    public IReadOnlyList<(long Id, FleetEvent Event)> Merged()
    {
        lock (_gate)
        {
            List<(long, FleetEvent)> rows = [];
            using SqliteCommand command = _sql.Command(null, "SELECT id, body FROM merged ORDER BY id");
            using SqliteDataReader reader = command.ExecuteReader();
            while (reader.Read())
            {
                (long id, int bytes) = (reader.GetInt64(0), ((byte[])reader[1]).Length);
                if (SpoolSql.Event(reader, 1) is { } merged)
                {
                    _rowBytes[id] = bytes;
                    rows.Add((id, merged));
                }
                else
                {
                    _unreadable[id] = bytes;
                }
            }

            return rows;
        }
    }

    /// <summary>The oldest events, at most <paramref name="count"/> and about <paramref name="bytes"/>, but at least one if there is one.</summary>
    /// <param name="count">At most so many.</param>
    /// <param name="bytes">About so many bytes.</param>
    /// <param name="instead">What goes in the place of the event of a sequence that cannot be read.</param>
    public IReadOnlyList<FleetEvent> Read(int count, int bytes, Func<long, FleetEvent> instead)
    {
        lock (_gate)
        {
            List<FleetEvent> events = [];
            using SqliteCommand command = _sql.Command(null, "SELECT sequence, body FROM events WHERE sequence > $1 ORDER BY sequence LIMIT $2", _acknowledged, count);
            using SqliteDataReader reader = command.ExecuteReader();
            int total = 0;
            while (reader.Read())
            {
                total += ((byte[])reader[1]).Length;
                if (events.Count > 0 && total > bytes)
                {
                    break;
                }

                // The columns number an event, not its text: a new epoch changes the one and leaves the other.
                long sequence = reader.GetInt64(0);
                events.Add((SpoolSql.Event(reader, 1) ?? instead(sequence)) with { Epoch = Epoch, Sequence = sequence });
                Given = Math.Max(Given, sequence);
            }

            return events;
        }
    }

    /// <summary>Forgets every event up to a sequence, even where the disk refuses to delete it: then it goes with a later write.</summary>
    public void Delete(long upTo)
    {
        lock (_gate)
        {
            _acknowledged = Math.Max(_acknowledged, upTo);
            using SqliteTransaction transaction = _sql.Begin();
            SpoolLoad load = Delete(transaction, _load);
            transaction.Commit();
            _load = load;
        }
    }

    /// <summary>Starts a new epoch and numbers what waits from 1 again.</summary>
    public void Renumber()
    {
        lock (_gate)
        {
            long epoch = SpoolSchema.NewEpoch();
            using SqliteTransaction transaction = _sql.Begin();
            SpoolLoad load = Delete(transaction, _load);
            // By way of negative numbers: no two are alike at any moment.
            _sql.Execute(transaction, "UPDATE events SET sequence = $1 - sequence", _sql.Scalar(transaction, "SELECT COALESCE(MIN(sequence), 1) - 1 FROM events"));
            _sql.Execute(transaction, "UPDATE events SET sequence = -sequence");
            _sql.WriteMeta(transaction, "epoch", epoch);
            _sql.WriteMeta(transaction, "last", load.Events);
            transaction.Commit();
            (Epoch, LastSequence, Given, _acknowledged, _load) = (epoch, load.Events, 0, 0, load);
        }
    }

    /// <summary>Notes whose server knows the epoch.</summary>
    public void SetOwner(string host)
    {
        lock (_gate)
        {
            using SqliteTransaction transaction = _sql.Begin();
            _sql.Execute(transaction, "DELETE FROM owner");
            _sql.Execute(transaction, "INSERT INTO owner VALUES($1)", host);
            transaction.Commit();
            Owner = host;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _sql.Dispose();
        }
    }

    private SpoolLoad Delete(SqliteTransaction transaction, SpoolLoad load)
    {
        const string gone = " FROM events WHERE sequence <= $1";
        long count = _sql.Scalar(transaction, "SELECT COUNT(*)" + gone, _acknowledged);
        if (count is 0)
        {
            return load;
        }

        long bytes = _sql.Scalar(transaction, "SELECT SUM(LENGTH(body))" + gone, _acknowledged);
        _sql.Execute(transaction, "DELETE" + gone, _acknowledged);
        return load with { Events = load.Events - count, EventBytes = load.EventBytes - bytes };
    }
}
