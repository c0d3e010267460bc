using Fleet.Contracts;
using Fleet.Server.Data.Events;

namespace Fleet.Server.Tests;

/// <summary>Texts that agents report, strange ones and many too. Each database's tests derive from this.</summary>
public abstract class WordCases
{
    private static readonly string Long = new('a', 255);
    private readonly Random _random = new(5);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected abstract IEventStore Store { get; }

    [Fact]
    public async Task StoreAsync_TextsThatAreStoredAlike_KeepNoLaterWordOut()
    {
        // Cut in the middle of two different characters: one text, once it is UTF-8.
        await StoreAsync(Said(Long + '\uD83D'), Said(Long + '\uD83C'), Said("nul\0one"), Said("nul\0two"));
        Reopen();

        await StoreAsync(Said("new"), Said("newer"));

        Assert.Equal(6, (await ReadAsync("")).Count);
        Assert.Single(await ReadAsync("comm:newer"));
    }

    [Fact]
    public async Task StoreAsync_EmojiInAName_IsFoundByIt()
    {
        await StoreAsync(Said("\U0001F600"), Said("\U0001F600"));

        Assert.Equal(2, (await ReadAsync("comm:\U0001F600")).Count);
    }

    [Fact]
    public async Task StoreAsync_NamesOfAHostThatAreStoredAlike_AreOne()
    {
        await StoreAsync([.. new[] { "x\uD83D", "x\uD83C" }.Select(name => Batch(1, 1, _random) with { HostName = name })]);
        Reopen();

        await StoreAsync(Batch(2, 1, _random));

        Assert.Equal(3, (await ReadAsync("")).Count);
    }

    [Fact]
    public async Task StoreAsync_LongTextsThatNeverEnd_TakeBoundedRoomAndAreFoundAllTheSame()
    {
        int count = (NameBounds.WordCharacters / 4_000) + 100;
        foreach (int[] some in Enumerable.Range(0, count).Chunk(500))
        {
            await StoreAsync([.. some.Select(i => Said("setpci", $"/{i:d6}{new string('x', 3_993)}"))]);
            Reopen();
        }

        Assert.InRange(await WordCharactersAsync(), NameBounds.WordCharacters - 5_000, NameBounds.WordCharacters);
        Assert.Single(await ReadAsync("exe:/000001*"));
        Assert.Single(await ReadAsync($"exe:/{count - 1:d6}*"));
        Assert.Empty(await ReadAsync($"exe:/{count:d6}*"));
    }

    [Fact]
    public async Task StoreAsync_HostOfEverNewNames_TakesBoundedRoomAndIsFoundByEach()
    {
        const int names = NameBounds.OfAHost * 3;
        await StoreAsync(Batch(2, 1, _random));
        for (int i = 0; i < names; i++)
        {
            IncomingBatch batch = Batch(1, 1, _random);
            await StoreAsync(batch with { HostName = $"name-{i}", Events = [batch.Events[0] with { HostName = $"name-{i}" }] });
            Reopen();
        }

        Assert.Equal(NameBounds.OfAHost + 1, await HostNamesAsync());
        for (int i = 0; i < names; i++)
        {
            Assert.Single(await ReadAsync($"host:name-{i}"));
        }

        Assert.Single(await ReadAsync("host:host-2"));
        Assert.Equal(names + 1, (await ReadAsync("")).Count);
    }

    private protected abstract IncomingBatch Batch(int host, int count, Random random);

    /// <summary>The store as a restarted server has it.</summary>
    private protected abstract void Reopen();

    /// <summary>Every event that a filter selects.</summary>
    private protected abstract Task<List<StoredEvent>> ReadAsync(string q);

    /// <summary>Characters of the texts of the day that have numbers.</summary>
    private protected abstract Task<long> WordCharactersAsync();

    /// <summary>Names of hosts of the day that have numbers.</summary>
    private protected abstract Task<long> HostNamesAsync();

    private Task<StoredGroup> StoreAsync(params IncomingBatch[] batches) => Store.StoreAsync(batches, Ct);

    private IncomingBatch Said(string comm, string exe = "/bin/x")
    {
        IncomingBatch batch = Batch(1, 1, _random);
        return batch with { Events = [batch.Events[0] with { Caller = new Caller { Pid = 7, Comm = comm, Exe = exe } }] };
    }
}
