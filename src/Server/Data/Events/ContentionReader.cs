using Fleet.Contracts;

namespace Fleet.Server.Data.Events;

/// <summary>The sums by minute, and those of the last hour at hand for every list that shows them.</summary>
internal sealed class ContentionReader(IEventStore store, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan KeptAtLeast = TimeSpan.FromSeconds(1);

    /// <summary>A reading is kept for so many times as long as it took: that is what of a store and a server's time goes into it at most.</summary>
    private const int KeptPerTaken = 10;

    private readonly SemaphoreSlim _gate = new(1);
    private long? _readAt;
    private TimeSpan _keptFor;
    private ContentionHour _hour = ContentionHour.Empty;

    /// <summary>Sums of the last 60 minutes by host and function, as of the last <see cref="RefreshAsync"/>.</summary>
    public ContentionHour LastHour => Volatile.Read(ref _hour);

    /// <summary>Makes sure that the last hour is a second old, or ten times as old as reading it takes; many who ask at once cost one reading.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            // By the clock that only ever goes forward: the other may be set back, and then an hour would not be read again for as long.
            if (_readAt is not { } readAt || time.GetElapsedTime(readAt) >= _keptFor)
            {
                long began = time.GetTimestamp();
                Volatile.Write(ref _hour, await ReadHourAsync(ct));
                _readAt = time.GetTimestamp();
                _keptFor = TimeSpan.FromTicks(Math.Max(KeptAtLeast.Ticks, time.GetElapsedTime(began).Ticks * KeptPerTaken));
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Sums of contention.</summary>
    /// <exception cref="TooManySumsException">There are too many of them.</exception>
    public Task<IReadOnlyList<ContentionRow>> ReadAsync(SumQuery query, CancellationToken ct) => store.ContentionAsync(query, ct);

    /// <summary>Sums of contention; null when there are too many of them.</summary>
    public async Task<IReadOnlyList<ContentionRow>?> TryReadAsync(SumQuery query, CancellationToken ct)
    {
        try
        {
            return await ReadAsync(query, ct);
        }
        catch (TooManySumsException)
        {
            return null;
        }
    }

    /// <summary>Events that agents announced as lost, by host.</summary>
    public Task<IReadOnlyDictionary<HostId, long>> LossesAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken ct) => store.LossesAsync(from, to, ct);

    public void Dispose() => _gate.Dispose();

    private async Task<ContentionHour> ReadHourAsync(CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        SumQuery hour = new(now.AddMinutes(-60), now, SumFields.Host | SumFields.Function, 0);
        return await TryReadAsync(hour, ct) is { } functions
            ? ContentionHour.OfFunctions(functions)
            : ContentionHour.OfHosts(await ReadAsync(hour with { Fields = SumFields.Host, Most = SumBounds.OfHosts }, ct));
    }
}
