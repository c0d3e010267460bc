using Npgsql;

namespace Fleet.Server.Data.Events.Postgres;

/// <summary>
/// Transactions that read events. Each of their queries is written for one index that answers it in order, and stops early; what statistics say of a table
/// that grows by a million rows an hour would have it sorted, or compiled, from time to time instead.
/// </summary>
internal static class ReadingPlans
{
    private static readonly string[] Settings =
        ["enable_seqscan = off", "enable_bitmapscan = off", "enable_indexonlyscan = on", "jit = off", "max_parallel_workers_per_gather = 0"];

    public static async Task<NpgsqlTransaction> BeginAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        NpgsqlTransaction transaction = await connection.BeginTransactionAsync(ct);
        await using NpgsqlBatch batch = new(connection, transaction);
        foreach (string setting in Settings)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SET LOCAL " + setting));
        }

        await batch.ExecuteNonQueryAsync(ct);
        return transaction;
    }
}
