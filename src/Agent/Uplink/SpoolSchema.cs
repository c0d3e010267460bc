using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace Fleet.Agent.Uplink;

/// <summary>The spool's tables. A file of an earlier version gets what it lacks.</summary>
internal static class SpoolSchema
{
    private const string Tables = """
        CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS events(sequence INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS losses(reason TEXT PRIMARY KEY, count INTEGER NOT NULL, first INTEGER NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS intervals(reason TEXT PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS merged(id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS owner(host TEXT PRIMARY KEY) STRICT;
        """;

    /// <exception cref="SqliteException">It is not a spool, or the disk refuses.</exception>
    public static SqliteConnection Open(string path)
    {
        SqliteConnectionStringBuilder text = new() { DataSource = path, Pooling = false };
        SqliteConnection connection = new(text.ToString());
        try
        {
            connection.Open();
            // Acknowledged must survive a power cut, hence FULL and not NORMAL.
            Execute(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;");
            Execute(connection, Tables);
            using SqliteCommand seed = connection.CreateCommand();
            seed.CommandText = "INSERT OR IGNORE INTO meta VALUES('epoch', $epoch), ('last', 0), ('open', 0), ('written', 0)";
            seed.Parameters.AddWithValue("$epoch", NewEpoch());
            seed.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // 53 bits: a JSON number that JavaScript and jq keep exact.
    public static long NewEpoch() => (long)(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) >> 11) | 1;

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Constant statements only.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
