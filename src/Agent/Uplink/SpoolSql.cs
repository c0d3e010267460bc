using System.Text.Json;
using Fleet.Contracts;
using Microsoft.Data.Sqlite;

namespace Fleet.Agent.Uplink;

/// <summary>Statements on the spool's connection. Statements are constants, values are parameters $1, $2 and on.</summary>
internal sealed class SpoolSql(SqliteConnection connection) : IDisposable
{
    public SqliteTransaction Begin() => connection.BeginTransaction();

    public SqliteCommand Command(SqliteTransaction? transaction, string sql, params object[] values)
    {
        SqliteCommand command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // Constant statements only; values are parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue($"${i + 1}", values[i]);
        }

        return command;
    }

    public void Execute(SqliteTransaction transaction, string sql, params object[] values)
    {
        using SqliteCommand command = Command(transaction, sql, values);
        command.ExecuteNonQuery();
    }

    public long Scalar(SqliteTransaction? transaction, string sql, params object[] values)
    {
        using SqliteCommand command = Command(transaction, sql, values);
        return (long)command.ExecuteScalar()!;
    }

    public string? Text(string sql)
    {
        using SqliteCommand command = Command(null, sql);
        return command.ExecuteScalar() as string;
    }

    public long ReadMeta(string name) => Scalar(null, "SELECT value FROM meta WHERE name = $1", name);

    public void WriteMeta(SqliteTransaction transaction, string name, long value) =>
        Execute(transaction, "UPDATE meta SET value = $1 WHERE name = $2", value, name);

    /// <summary>Stores an event by a statement with $key and $body; returns its bytes.</summary>
    public static int Put(SqliteCommand command, long key, FleetEvent e)
    {
        byte[] body = FleetJson.Write(e);
        command.Parameters.Clear();
        command.Parameters.AddWithValue("$key", key);
        command.Parameters.AddWithValue("$body", body);
        command.ExecuteNonQuery();
        return body.Length;
    }

    /// <summary>An event that <see cref="Put"/> stored.</summary>
    /// <returns>Null when it cannot be read any more: bits rot, and a later version may have written what this one does not know.</returns>
    public static FleetEvent? Event(SqliteDataReader reader, int column)
    {
        try
        {
            return FleetJson.Read<FleetEvent>((byte[])reader[column]);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public void Dispose() => connection.Dispose();
}
