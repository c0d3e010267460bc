using Fleet.Contracts;
using Fleet.Server.Data.Events;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Telling;

/// <summary>The server's store of events, with failures that a test asks for: before a commit, and after one whose answer is lost.</summary>
internal sealed class UnsteadyStore(IEventStore store) : IEventStore
{
    private int _failAfter;

    /// <summary>Whether nothing can be stored.</summary>
    public bool Fails { get; set; }

    /// <summary>Where a reading forwards stops because its budget is used up; null for nowhere.</summary>
    public EventPosition? Stop { get; set; }

    /// <summary>How many sums it answers at once; null for as many as it is asked for.</summary>
    public int? MostSums { get; set; }

    /// <summary>Groups that were refused.</summary>
    public int Refused { get; private set; }

    /// <summary>Answers the next so many groups with a failure although they are stored.</summary>
    public void LoseAnswers(int groups) => _failAfter = groups;

    public async Task<StoredGroup> StoreAsync(IReadOnlyList<IncomingBatch> group, CancellationToken ct)
    {
        if (Fails)
        {
            Refused++;
            throw new StoreUnavailableException("A test says so.", new IOException());
        }

        StoredGroup stored = await store.StoreAsync(group, ct);
        return Interlocked.Decrement(ref _failAfter) < 0 ? stored : throw new StoreUnavailableException("The answer was lost.", new IOException());
    }

    public Task PrepareAsync(DateOnly day, CancellationToken ct) => store.PrepareAsync(day, ct);

    public Task<long> MarkOfAsync(HostId host, long epoch, CancellationToken ct) => store.MarkOfAsync(host, epoch, ct);

    public Task<EventPage> BackwardAsync(EventFilter filter, EventPosition? before, int limit, CancellationToken ct) => store.BackwardAsync(filter, before, limit, ct);

    public Task<EventPage> ForwardAsync(EventFilter filter, EventPosition after, int limit, CancellationToken ct) =>
        Stop is { } stop && stop.CompareTo(after) > 0 ? Task.FromResult(new EventPage([], stop, More: true)) : store.ForwardAsync(filter, after, limit, ct);

    public Task<EventPosition> EndAsync(CancellationToken ct) => store.EndAsync(ct);

    public Task<IReadOnlyList<DateOnly>> DaysAsync(CancellationToken ct) => store.DaysAsync(ct);

    public Task DeleteAsync(DateOnly day, CancellationToken ct) => store.DeleteAsync(day, ct);

    public Task<IReadOnlyList<ContentionRow>> ContentionAsync(SumQuery query, CancellationToken ct) =>
        store.ContentionAsync(query.Most is SumBounds.Answered ? query with { Most = MostSums ?? query.Most } : query, ct);

    public Task<IReadOnlyDictionary<HostId, long>> LossesAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken ct) => store.LossesAsync(from, to, ct);

    /// <summary>Puts itself before the store that the server would have.</summary>
    public static void Before(IServiceCollection services)
    {
        Type kept = services.Single(service => service.ServiceType == typeof(IEventStore)).ImplementationType!;
        services.AddSingleton(kept);
        services.AddSingleton(provider => new UnsteadyStore((IEventStore)provider.GetRequiredService(kept)));
        services.AddSingleton<IEventStore>(provider => provider.GetRequiredService<UnsteadyStore>());
    }
}
