using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Server.Tests.Store;

/// <summary>What a start reads of what is stored.</summary>
public sealed class StartReadsTests
{
    // spire#5771: half a million events, and a start of half an hour.
    [Fact]
    public async Task Spire5771_StartWithManyEventsStored_ReadsNoMoreThanWithFew()
    {
        using StoreFixture few = await FilledAsync(batches: 2);
        using StoreFixture many = await FilledAsync(batches: 60);

        long more = ReadByStart(many) - ReadByStart(few);

        // Of 58,000 events, some 15 MB, that are stored in addition.
        Assert.InRange(more, long.MinValue, 1 << 20);
    }

    private static async Task<StoreFixture> FilledAsync(int batches)
    {
        StoreFixture store = new();
        Random random = new(5771);
        for (int day = 0; day < 2; day++)
        {
            for (int i = 0; i < batches / 2; i++)
            {
                await store.StoreAsync(store.Batch(i % 5, 1000, random));
            }

            store.Time.Advance(TimeSpan.FromDays(day is 0 ? 1 : 0));
        }

        return store;
    }

    // The store works on its caller's thread, so that the kernel's count of this thread is what it read.
    private static long ReadByStart(StoreFixture store)
    {
        long before = ReadByThread();
        store.Files.Prepare(NullLogger.Instance);
        store.Reopen();
        Assert.True(store.Store.EndAsync(CancellationToken.None).IsCompletedSuccessfully);
        Assert.True(store.StoreAsync(store.Batch(0, 1, new Random(1))).IsCompletedSuccessfully);
        return ReadByThread() - before;
    }

    private static long ReadByThread() =>
        long.Parse(File.ReadLines("/proc/thread-self/io").First(line => line.StartsWith("rchar: ", StringComparison.Ordinal)).AsSpan("rchar: ".Length), null);
}
