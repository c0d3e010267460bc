using Fleet.Policy;
using Fleet.Server.Data.Events;
using Fleet.Server.Data.Events.Sqlite.Reading;

namespace Fleet.Server.Tests.Store;

/// <summary>Reading forwards within a budget.</summary>
public sealed class ForwardTests : IDisposable
{
    private readonly StoreFixture _store = new();
    private readonly Random _random = new(13);

    [Fact]
    public async Task Forward_FilterThatMatchesNothing_StopsOnTheWayAndGoesOnFromThere()
    {
        for (int batch = 0; batch < 10; batch++)
        {
            await _store.StoreAsync(_store.Batch(1, 5_000, _random));
        }

        EventReader reader = new(_store.Files, 1_000);
        EventPosition position = default;
        List<EventPosition> stops = [];
        EventPage page;
        do
        {
            page = reader.Forward(Filter("comm:nobody"), position, 500, TestContext.Current.CancellationToken);
            Assert.Empty(page.Items);
            stops.Add(position = page.Next!.Value);
        }
        while (page.More);

        Assert.True(stops.Count > 2, $"It stopped {stops.Count} times.");
        Assert.Equal(stops.Order().Distinct(), stops);
        Assert.Equal(reader.End(), stops[^1]);
    }

    [Fact]
    public async Task Forward_SmallBudget_MissesAndRepeatsNothing()
    {
        await _store.StoreAsync(_store.Batch(1, 30_000, _random));
        _store.Time.Advance(TimeSpan.FromDays(1));
        await _store.StoreAsync(_store.Batch(2, 30_000, _random));
        EventReader reader = new(_store.Files, 1_000);
        EventPosition position = default;
        List<StoredEvent> all = [];
        EventPage page;
        do
        {
            page = reader.Forward(Filter("kind:attestation.failed"), position, 7, TestContext.Current.CancellationToken);
            all.AddRange(page.Items);
            position = page.Next!.Value;
        }
        while (page.More);

        List<StoredEvent> expected = await _store.ReadAsync("kind:attestation.failed");
        Assert.Equal(expected.Select(item => item.Position).Reverse(), all.Select(item => item.Position));
    }

    public void Dispose() => _store.Dispose();

    private static EventFilter Filter(string q) => Selector.TryParse(q, Selectables.EventFields, out Selector? selector, out SelectorError? error)
        ? EventFilter.Of(selector)
        : throw new ArgumentException(error.ToString(), nameof(q));
}
