using Microsoft.Data.Sqlite;

namespace Fleet.Agent.Uplink;

/// <summary>Losses that no event has told of yet, in the spool's file: those with a number, and intervals.</summary>
internal static class SpoolLosses
{
    public static IReadOnlyDictionary<LossKey, Loss> Read(SpoolSql sql)
    {
        Dictionary<LossKey, Loss> losses = [];
        using SqliteCommand command = sql.Command(null, "SELECT reason, count, first, NULL FROM losses UNION ALL SELECT reason, 0, first, last FROM intervals");
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            DateTimeOffset? last = reader.IsDBNull(3) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(3));
            losses[new LossKey(reader.GetString(0), last is not null)] =
                new Loss(reader.GetInt64(1), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2)), last);
        }

        return losses;
    }

    public static void Store(SpoolSql sql, SqliteTransaction transaction, IReadOnlyDictionary<LossKey, Loss> losses)
    {
        sql.Execute(transaction, "DELETE FROM losses");
        sql.Execute(transaction, "DELETE FROM intervals");
        foreach ((LossKey key, Loss loss) in losses)
        {
            if (loss.Last is { } last)
            {
                sql.Execute(transaction, "INSERT INTO intervals VALUES($1, $2, $3)", key.Reason, loss.First.ToUnixTimeMilliseconds(), last.ToUnixTimeMilliseconds());
            }
            else
            {
                sql.Execute(transaction, "INSERT INTO losses VALUES($1, $2, $3)", key.Reason, loss.Count, loss.First.ToUnixTimeMilliseconds());
            }
        }
    }
}
