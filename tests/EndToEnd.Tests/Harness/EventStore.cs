using Microsoft.Data.Sqlite;

namespace Fleet.EndToEnd.Tests.Harness;

/// <summary>Reads what a server has stored, straight from its files of events.</summary>
internal static class EventStore
{
    /// <summary>Every stored event as "host-epoch-sequence", duplicates included.</summary>
    public static IReadOnlyList<string> Ids(string dataDirectory)
    {
        List<string> ids = [];
        foreach (string file in Directory.GetFiles(dataDirectory, "events-*.db").Order(StringComparer.Ordinal))
        {
            using SqliteConnection connection = Open(file);
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "SELECT hosts.id, epoch, seq FROM events JOIN hosts ON hosts.key = events.host";
            using SqliteDataReader rows = command.ExecuteReader();
            while (rows.Read())
            {
                ids.Add($"{rows.GetString(0)}-{rows.GetInt64(1)}-{rows.GetInt64(2)}");
            }
        }

        return ids;
    }

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

    private static SqliteConnection Open(string file)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
