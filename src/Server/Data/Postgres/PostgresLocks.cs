using Npgsql;

namespace Fleet.Server.Data.Postgres;

/// <summary>Advisory locks: names that sessions and transactions of one database agree on.</summary>
internal static class PostgresLocks
{
    /// <summary>Keeps our locks apart from those of others in the same database ("PF", PciFleet).</summary>
    public const int Family = 0x5046;

    /// <summary>Waits for a lock and holds it until it is released or the session ends.</summary>
    public static Task TakeAsync(NpgsqlConnection connection, PostgresLock @lock, CancellationToken ct) =>
        RunAsync(connection, "SELECT pg_advisory_lock($1, $2)", @lock, ct);

    /// <summary>Waits for a lock and holds it until the transaction under way ends.</summary>
    public static Task TakeForTransactionAsync(NpgsqlConnection connection, PostgresLock @lock, CancellationToken ct) =>
        RunAsync(connection, "SELECT pg_advisory_xact_lock($1, $2)", @lock, ct);

    public static Task ReleaseAsync(NpgsqlConnection connection, PostgresLock @lock, CancellationToken ct) =>
        RunAsync(connection, "SELECT pg_advisory_unlock($1, $2)", @lock, ct);

    /// <summary>The same as the first statement of a batch.</summary>
    public static NpgsqlBatchCommand ForTransaction(PostgresLock @lock) => new("SELECT pg_advisory_xact_lock($1, $2)")
    {
        Parameters = { new NpgsqlParameter<int> { TypedValue = Family }, new NpgsqlParameter<int> { TypedValue = (int)@lock } },
    };

    private static async Task RunAsync(NpgsqlConnection connection, string sql, PostgresLock @lock, CancellationToken ct)
    {
        await using NpgsqlCommand command = new(sql, connection);
        command.CommandTimeout = 0; // The one before may take its time; waiting is what is asked for.
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Family });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = (int)@lock });
        await command.ExecuteNonQueryAsync(ct);
    }
}
