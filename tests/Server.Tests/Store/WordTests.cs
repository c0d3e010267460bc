using Fleet.Contracts;
using Fleet.Server.Data.Events;

namespace Fleet.Server.Tests.Store;

/// <summary>Texts that agents report, strange ones too.</summary>
public sealed class WordTests : IDisposable
{
    private static readonly string Long = new('a', 255);
    private readonly StoreFixture _store = new();
    private readonly Random _random = new(5);

    [Fact]
    public async Task StoreAsync_TextsThatAreStoredAlike_KeepNoLaterWordOut()
    {
        // Cut in the middle of two different characters: one text, once it is UTF-8.
        await _store.StoreAsync(Said(Long + '\uD83D'), Said(Long + '\uD83C'), Said("nul\0one"), Said("nul\0two"));
        _store.Reopen();

        await _store.StoreAsync(Said("new"), Said("newer"));

        Assert.Equal(6, (await _store.ReadAsync("")).Count);
        Assert.Single(await _store.ReadAsync("comm:newer"));
    }

    [Fact]
    public async Task StoreAsync_EmojiInAName_IsFoundByIt()
    {
        await _store.StoreAsync(Said("\U0001F600"), Said("\U0001F600"));

        Assert.Equal(2, (await _store.ReadAsync("comm:\U0001F600")).Count);
    }

    [Fact]
    public async Task StoreAsync_NamesOfAHostThatAreStoredAlike_AreOne()
    {
        IncomingBatch[] batches = [.. new[] { "x\uD83D", "x\uD83C" }.Select(name => _store.Batch(1, 1, _random) with { HostName = name })];
        await _store.StoreAsync(batches);
        _store.Reopen();

        await _store.StoreAsync(_store.Batch(2, 1, _random));

        Assert.Equal(3, (await _store.ReadAsync("")).Count);
    }

    public void Dispose() => _store.Dispose();

    private IncomingBatch Said(string comm)
    {
        IncomingBatch batch = _store.Batch(1, 1, _random);
        return batch with { Events = [batch.Events[0] with { Caller = new Caller { Pid = 7, Comm = comm, Exe = "/bin/x" } }] };
    }
}
