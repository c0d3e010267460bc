using Fleet.Contracts;
using Fleet.Server.Tests.Host;
using Npgsql;

namespace Fleet.Server.Tests.Postgres;

/// <summary>What a start reads of what is stored.</summary>
public sealed class StartReadsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // spire#5771: half a million events, and a start of half an hour.
    [Fact]
    public async Task Spire5771_StartWithManyEventsStored_ReadsNextToNoneOfThem()
    {
        const int Batches = 20;
        string? database = await TestDatabase.CreateAsync();
        string keys = Directory.CreateTempSubdirectory("fleet-keys-").FullName;
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(database!);
        await using (TestServer filled = new() { Given = database, Keys = keys })
        {
            await filled.InitializeAsync();
            await using TestAgent agent = await TestAgent.JoinedAsync(filled, "much");
            await agent.ConnectAsync();
            for (int batch = 0; batch < Batches; batch++)
            {
                await agent.PushAsync([.. Enumerable.Range(1, LinkProtocol.MaxBatch).Select(i => agent.Contention((batch * LinkProtocol.MaxBatch) + i))]);
            }
        }

        long before = await ReadAsync(source);
        await using (TestServer started = new() { Given = database, Keys = keys })
        {
            await started.InitializeAsync();
        }

        // Sessions tell what they read when they end.
        Assert.InRange(await ReadAsync(source) - before, 0, Batches * LinkProtocol.MaxBatch / 10);
        await source.DisposeAsync();
        await TestDatabase.DropAsync(database);
        Directory.Delete(keys, recursive: true);
    }

    private static async Task<long> ReadAsync(NpgsqlDataSource source)
    {
        await using NpgsqlCommand read = source.CreateCommand(
            "SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint FROM pg_stat_user_tables WHERE relname LIKE 'events%'");
        return (long)(await read.ExecuteScalarAsync(Ct))!;
    }
}
