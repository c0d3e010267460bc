using Microsoft.Data.Sqlite;

namespace Fleet.EndToEnd.Tests.Harness;

/// <summary>Reads what a server has stored, straight from its files of events.</summary>
internal static class EventStore
{
    /// <summary>Every stored event, duplicates included.</summary>
    public static IReadOnlyList<EventKey> Keys(string dataDirectory)
    {
        List<EventKey> keys = [];
        foreach (string file in Directory.GetFiles(dataDirectory, "events-*.db").Order(StringComparer.Ordinal))
        {
            using SqliteConnection connection = Open(file);
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "SELECT hosts.id, epoch, seq FROM events JOIN hosts ON hosts.key = events.host";
            using SqliteDataReader rows = command.ExecuteReader();
            while (rows.Read())
            {
                keys.Add(new EventKey(rows.GetString(0), rows.GetInt64(1), rows.GetInt64(2)));
            }
        }

        return keys;
    }

    /// <summary>What the newest file says it holds of each host and epoch: the server's marks.</summary>
    public static IReadOnlyList<string> Marks(string dataDirectory) => Texts(
        Directory.GetFiles(dataDirectory, "events-*.db").Max(StringComparer.Ordinal)!, "SELECT host || ' epoch ' || epoch || ' up to ' || seq FROM marks ORDER BY 1");

    /// <summary>Gaps and losses that were told of.</summary>
    public static IReadOnlyList<string> Losses(string dataDirectory) =>
        [.. Directory.GetFiles(dataDirectory, "events-*.db").SelectMany(file => Texts(file, "SELECT payload FROM events JOIN words ON code = kind WHERE text = 'agent.loss'"))];

    public static long Count(string dataDirectory)
    {
        long count = 0;
        foreach (string file in Directory.GetFiles(dataDirectory, "events-*.db"))
        {
            using SqliteConnection connection = Open(file);
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "SELECT count(*) FROM sqlite_schema WHERE name = 'events'";
            if ((long)command.ExecuteScalar()! == 0)
            {
                continue; // A file that the server is just making.
            }

            command.CommandText = "SELECT count(*) FROM events";
            count += (long)command.ExecuteScalar()!;
        }

        return count;
    }

    private static List<string> Texts(string file, string sql)
    {
        using SqliteConnection connection = Open(file);
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Constant statements only.
        command.CommandText = sql;
#pragma warning restore CA2100
        using SqliteDataReader rows = command.ExecuteReader();
        List<string> texts = [];
        while (rows.Read())
        {
            texts.Add(rows.GetString(0));
        }

        return texts;
    }

    private static SqliteConnection Open(string file)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
