using System.Security.Cryptography;
using Fleet.Contracts;
using Microsoft.Data.Sqlite;

namespace Fleet.Agent.Uplink;

/// <summary>
/// The spool on disk: epoch, last sequence, the events that wait, the losses that were not announced yet.
/// Every change is one transaction with synchronous=FULL. Not thread-safe by itself: all members take the one lock.
/// </summary>
internal sealed class SpoolFile : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SqliteConnection _connection;

    private SpoolFile(SqliteConnection connection)
    {
        _connection = connection;
        Epoch = ReadMeta("epoch");
        LastSequence = ReadMeta("last");
        Count = Scalar("SELECT COUNT(*) FROM events");
    }

    public long Epoch { get; private set; }

    public long LastSequence { get; private set; }

    public long Count { get; private set; }

    /// <summary>Opens the file or makes a new one with a new epoch; throws <see cref="SqliteException"/> when it is not a spool.</summary>
    public static SpoolFile Open(string path)
    {
        SqliteConnectionStringBuilder text = new() { DataSource = path, Pooling = false };
        SqliteConnection connection = new(text.ToString());
        try
        {
            connection.Open();
            // Acknowledged must survive a power cut, hence FULL and not NORMAL.
            Execute(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;");
            Execute(connection, """
                CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
                CREATE TABLE IF NOT EXISTS events(sequence INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
                CREATE TABLE IF NOT EXISTS losses(reason TEXT PRIMARY KEY, count INTEGER NOT NULL, first INTEGER NOT NULL) STRICT;
                """);
            using SqliteCommand seed = connection.CreateCommand();
            seed.CommandText = "INSERT OR IGNORE INTO meta VALUES('epoch', $epoch), ('last', 0)";
            seed.Parameters.AddWithValue("$epoch", NewEpoch());
            seed.ExecuteNonQuery();
            return new SpoolFile(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Gives each event its sequence and stores all of them and the losses in one transaction.</summary>
    public IReadOnlyList<FleetEvent> Append(IReadOnlyList<FleetEvent> events, IReadOnlyDictionary<string, Loss> losses)
    {
        lock (_gate)
        {
            List<FleetEvent> stored = new(events.Count);
            using SqliteTransaction transaction = _connection.BeginTransaction();
            using SqliteCommand insert = Command(transaction, "INSERT INTO events VALUES($sequence, $body)");
            SqliteParameter sequence = insert.Parameters.Add("$sequence", SqliteType.Integer);
            SqliteParameter body = insert.Parameters.Add("$body", SqliteType.Blob);
            long last = LastSequence;
            foreach (FleetEvent e in events)
            {
                FleetEvent numbered = e with { Epoch = Epoch, Sequence = ++last };
                sequence.Value = last;
                body.Value = FleetJson.Write(numbered);
                insert.ExecuteNonQuery();
                stored.Add(numbered);
            }

            WriteMeta(transaction, "last", last);
            StoreLosses(transaction, losses);
            transaction.Commit();
            LastSequence = last;
            Count += events.Count;
            return stored;
        }
    }

    /// <summary>Losses that no event has announced yet.</summary>
    public IReadOnlyDictionary<string, Loss> Losses()
    {
        lock (_gate)
        {
            Dictionary<string, Loss> losses = [];
            using SqliteCommand command = Command(null, "SELECT reason, count, first FROM losses");
            using SqliteDataReader reader = command.ExecuteReader();
            while (reader.Read())
            {
                losses[reader.GetString(0)] = new Loss(reader.GetInt64(1), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2)));
            }

            return losses;
        }
    }

    /// <summary>The oldest events, at most <paramref name="count"/> and about <paramref name="bytes"/>, but at least one if there is one.</summary>
    public IReadOnlyList<FleetEvent> Read(int count, int bytes)
    {
        lock (_gate)
        {
            List<FleetEvent> events = [];
            using SqliteCommand command = Command(null, "SELECT body FROM events ORDER BY sequence LIMIT $count");
            command.Parameters.AddWithValue("$count", count);
            using SqliteDataReader reader = command.ExecuteReader();
            int total = 0;
            while (reader.Read())
            {
                byte[] body = (byte[])reader[0];
                total += body.Length;
                if (events.Count > 0 && total > bytes)
                {
                    break;
                }

                events.Add(FleetJson.Read<FleetEvent>(body)!);
            }

            return events;
        }
    }

    /// <summary>Forgets every event up to a sequence.</summary>
    public void Delete(long upTo)
    {
        lock (_gate)
        {
            using SqliteCommand command = Command(null, "DELETE FROM events WHERE sequence <= $upTo");
            command.Parameters.AddWithValue("$upTo", upTo);
            Count -= command.ExecuteNonQuery();
        }
    }

    /// <summary>Starts a new epoch and numbers what waits from 1 again.</summary>
    public void Renumber()
    {
        lock (_gate)
        {
            List<FleetEvent> waiting = [.. Read(int.MaxValue, int.MaxValue)];
            using SqliteTransaction transaction = _connection.BeginTransaction();
            using (SqliteCommand clear = Command(transaction, "DELETE FROM events"))
            {
                clear.ExecuteNonQuery();
            }

            long epoch = NewEpoch();
            using SqliteCommand insert = Command(transaction, "INSERT INTO events VALUES($sequence, $body)");
            SqliteParameter sequence = insert.Parameters.Add("$sequence", SqliteType.Integer);
            SqliteParameter body = insert.Parameters.Add("$body", SqliteType.Blob);
            for (int i = 0; i < waiting.Count; i++)
            {
                sequence.Value = i + 1;
                body.Value = FleetJson.Write(waiting[i] with { Epoch = epoch, Sequence = i + 1 });
                insert.ExecuteNonQuery();
            }

            WriteMeta(transaction, "epoch", epoch);
            WriteMeta(transaction, "last", waiting.Count);
            transaction.Commit();
            (Epoch, LastSequence) = (epoch, waiting.Count);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _connection.Dispose();
        }
    }

    // 53 bits: a JSON number that JavaScript and jq keep exact.
    private static long NewEpoch() => (long)(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) >> 11) | 1;

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private void StoreLosses(SqliteTransaction transaction, IReadOnlyDictionary<string, Loss> losses)
    {
        using (SqliteCommand clear = Command(transaction, "DELETE FROM losses"))
        {
            clear.ExecuteNonQuery();
        }

        foreach ((string reason, Loss loss) in losses)
        {
            using SqliteCommand insert = Command(transaction, "INSERT INTO losses VALUES($reason, $count, $first)");
            insert.Parameters.AddWithValue("$reason", reason);
            insert.Parameters.AddWithValue("$count", loss.Count);
            insert.Parameters.AddWithValue("$first", loss.First.ToUnixTimeMilliseconds());
            insert.ExecuteNonQuery();
        }
    }

    private long ReadMeta(string name)
    {
        using SqliteCommand command = Command(null, "SELECT value FROM meta WHERE name = $name");
        command.Parameters.AddWithValue("$name", name);
        return (long)command.ExecuteScalar()!;
    }

    private void WriteMeta(SqliteTransaction transaction, string name, long value)
    {
        using SqliteCommand command = Command(transaction, "UPDATE meta SET value = $value WHERE name = $name");
        command.Parameters.AddWithValue("$name", name);
        command.Parameters.AddWithValue("$value", value);
        command.ExecuteNonQuery();
    }

    private long Scalar(string sql)
    {
        using SqliteCommand command = Command(null, sql);
        return (long)command.ExecuteScalar()!;
    }

    private SqliteCommand Command(SqliteTransaction? transaction, string sql)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // Constant statements only; values are parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}
