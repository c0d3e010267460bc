using Fleet.Contracts;

namespace Fleet.Server.Data.Events;

/// <summary>
/// Where events are kept, by day of arrival: in files (SQLite) or in partitions of a table (PostgreSQL). Only <see cref="EventWriter"/> stores,
/// one group at a time; everything else may be called from anywhere.
/// </summary>
internal interface IEventStore
{
    /// <summary>Stores a group of batches in one transaction. When it fails nothing of the group is stored and no mark has moved.</summary>
    /// <exception cref="StoreUnavailableException">The database cannot be reached or has no room; the same group may be tried again. Any other exception: what is in the group may be why.</exception>
    Task<StoredGroup> StoreAsync(IReadOnlyList<IncomingBatch> group, CancellationToken ct);

    /// <summary>Makes ready for a day that comes, so that its first batch need not wait.</summary>
    Task PrepareAsync(DateOnly day, CancellationToken ct);

    /// <summary>The highest sequence stored of an epoch; 0 for none.</summary>
    Task<long> MarkOfAsync(HostId host, long epoch, CancellationToken ct);

    /// <summary>Newest first. A reading has a budget of rows: what was found when it is used up is answered with the position to go on from.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="before">Only what is stored before this; null for all.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="ct">Cancels.</param>
    Task<EventPage> BackwardAsync(EventFilter filter, EventPosition? before, int limit, CancellationToken ct);

    /// <summary>Oldest first, from just after a position; with a budget as well.</summary>
    /// <returns>What was found; Next is where to go on, and equals <paramref name="after"/> when there is nothing new. More says that this was not all yet.</returns>
    Task<EventPage> ForwardAsync(EventFilter filter, EventPosition after, int limit, CancellationToken ct);

    /// <summary>The position after everything stored now.</summary>
    Task<EventPosition> EndAsync(CancellationToken ct);

    /// <summary>The days that are kept, oldest first.</summary>
    Task<IReadOnlyList<DateOnly>> DaysAsync(CancellationToken ct);

    /// <summary>The days that are kept and what they take, oldest first.</summary>
    async Task<IReadOnlyList<StoredDay>> StoredDaysAsync(CancellationToken ct) => [.. (await DaysAsync(ct)).Select(day => new StoredDay(day, 0))];

    /// <summary>Deletes a day's events; marks of agents stay, and sums where the store can keep them by themselves.</summary>
    Task DeleteAsync(DateOnly day, CancellationToken ct);

    /// <summary>The days of which only sums are left, oldest first.</summary>
    Task<IReadOnlyList<DateOnly>> SumDaysAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<DateOnly>>([]);

    /// <summary>Deletes the sums of a day of which nothing else is left.</summary>
    Task DeleteSumsAsync(DateOnly day, CancellationToken ct) => Task.CompletedTask;

    /// <summary>What was found damaged and set aside, by name, until somebody takes it away.</summary>
    IReadOnlyList<string> Damaged() => [];

    /// <summary>Sums of contention, in no order.</summary>
    /// <exception cref="TooManySumsException">There are more than <see cref="SumQuery.Most"/>.</exception>
    Task<IReadOnlyList<ContentionRow>> ContentionAsync(SumQuery query, CancellationToken ct);

    /// <summary>Events that agents announced as lost in [from, to], by host.</summary>
    Task<IReadOnlyDictionary<HostId, long>> LossesAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken ct);
}
