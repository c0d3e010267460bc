using Fleet.Server.Data.Events;

namespace Fleet.Server.Tests.Store;

/// <summary>A day's file that is being made, or could not be: a full disk at midnight leaves an empty one.</summary>
public sealed class UnfinishedDayTests : IDisposable
{
    private readonly StoreFixture _store = new();
    private readonly Random _random = new(7);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryReading_TodaysFileIsEmpty_AnswersYesterdays()
    {
        await _store.StoreAsync(_store.Batch(1, 50, _random));
        _store.Time.Advance(TimeSpan.FromDays(1));
        DateTimeOffset now = _store.Time.GetUtcNow();
        File.WriteAllBytes(_store.FileOf(DateOnly.FromDateTime(now.UtcDateTime)), []);

        Assert.Equal(50, (await _store.ReadAsync("")).Count);
        Assert.Equal(50, (await _store.Store.ForwardAsync(EventFilter.Everything, default, 100, Ct)).Items.Count);
        Assert.Equal(50, (await _store.Store.EndAsync(Ct)).Row);
        Assert.NotEmpty(await _store.Store.ContentionAsync(SumQuery.Each(now.AddDays(-2), now), Ct));
        Assert.Empty(await _store.Store.LossesAsync(now.AddDays(-2), now, Ct));

        // The next group makes it whole.
        await _store.StoreAsync(_store.Batch(1, 5, _random));
        Assert.Equal(55, (await _store.ReadAsync("")).Count);
        Assert.Equal(55, await _store.Store.MarkOfAsync(_store.Host(1), 1, Ct));
    }

    public void Dispose() => _store.Dispose();
}
