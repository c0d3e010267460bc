using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>The prepared statements that add to the sums by minute.</summary>
internal sealed class SumWriter : IDisposable
{
    private readonly SqliteCommand _addContention;
    private readonly SqliteCommand _addLoss;

    public SumWriter(SqliteConnection file)
    {
        _addContention = Prepare(
            file,
            "INSERT INTO contention VALUES($minute, $host, $kind, $function, $comm, $decision, $feature, $region, $count) ON CONFLICT DO UPDATE SET count = count + excluded.count",
            "$minute $host $kind $function $comm $decision $feature $region $count");
        _addLoss = Prepare(
            file, "INSERT INTO losses VALUES($minute, $host, $count) ON CONFLICT DO UPDATE SET count = count + excluded.count", "$minute $host $count");
    }

    public void Write(ContentionSums sums, SqliteTransaction transaction)
    {
        foreach ((ContentionKey key, long count) in sums.Contention)
        {
            Run(_addContention, transaction, key.Minute, key.Host, key.Kind, key.Function, key.Comm, key.Decision, key.Feature, key.Region, count);
        }

        foreach (((long minute, long host), long count) in sums.Losses)
        {
            Run(_addLoss, transaction, minute, host, count);
        }
    }

    public void Dispose()
    {
        _addContention.Dispose();
        _addLoss.Dispose();
    }

    private static SqliteCommand Prepare(SqliteConnection file, string sql, string names)
    {
        SqliteCommand command = file.CreateCommand();
        command.CommandText = sql;
        foreach (string name in names.Split(' '))
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        return command;
    }

    private static void Run(SqliteCommand command, SqliteTransaction transaction, params ReadOnlySpan<object> values)
    {
        command.Transaction = transaction;
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        command.ExecuteNonQuery();
    }
}
