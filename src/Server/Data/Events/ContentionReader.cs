using Fleet.Contracts;

namespace Fleet.Server.Data.Events;

/// <summary>The sums by minute, and those of the last hour at hand for every list that shows them.</summary>
internal sealed class ContentionReader(IEventStore store, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _gate = new(1);
    private long? _readAt;
    private ContentionHour _hour = ContentionHour.Empty;

    /// <summary>Sums of the last 60 minutes by host and function, as of the last <see cref="RefreshAsync"/>.</summary>
    public ContentionHour LastHour => Volatile.Read(ref _hour);

    /// <summary>Makes sure that the last hour is at most a second old; many who ask at once cost one reading.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            // By the clock that only ever goes forward: the other may be set back, and then an hour would not be read again for as long.
            if (_readAt is not { } readAt || time.GetElapsedTime(readAt) >= KeptFor)
            {
                DateTimeOffset now = time.GetUtcNow();
                Volatile.Write(ref _hour, new ContentionHour(await ReadAsync(new SumQuery(now.AddMinutes(-60), now, SumFields.Host | SumFields.Function, 0), ct)));
                _readAt = time.GetTimestamp();
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

    /// <summary>Events that agents announced as lost, by host.</summary>
    public Task<IReadOnlyDictionary<HostId, long>> LossesAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken ct) => store.LossesAsync(from, to, ct);

    public void Dispose() => _gate.Dispose();
}
