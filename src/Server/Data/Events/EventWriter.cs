using System.Threading.Channels;
using Fleet.Contracts;
using Fleet.Server.Live;

namespace Fleet.Server.Data.Events;

/// <summary>
/// The one writer of events. Batches queue in a bounded channel; what has gathered while a transaction was on its way to disk goes into
/// the next one together, so a slow disk makes transactions larger, not the queue longer.
/// </summary>
internal sealed class EventWriter(
    DayFiles files, EventFlow flow, LiveFeed feed, TimeProvider time, ILogger<EventWriter> log) : BackgroundService
{
    private const int EventsPerTransaction = 5_000;
    private const int QueuedBatches = 256;
    private readonly Channel<IncomingBatch> _queue = Channel.CreateBounded<IncomingBatch>(
        new BoundedChannelOptions(QueuedBatches) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Lock _gate = new();
    private DayFile? _file;

    /// <summary>Batches that wait.</summary>
    public int Queued => _queue.Reader.Count;

    /// <summary>How long the batch at the head of the queue has waited.</summary>
    public TimeSpan Lag => _queue.Reader.TryPeek(out IncomingBatch? oldest) ? time.GetUtcNow() - oldest.Arrival : TimeSpan.Zero;

    /// <summary>The highest sequence stored of an epoch; 0 for none.</summary>
    public long MarkOf(HostId host, long epoch)
    {
        lock (_gate)
        {
            return Current().MarkOf(host, epoch);
        }
    }

    /// <summary>Queues a batch and waits until it is on disk.</summary>
    /// <returns>The sequence up to which the epoch is stored.</returns>
    public async Task<long> StoreAsync(IncomingBatch batch, CancellationToken ct)
    {
        await _queue.Writer.WriteAsync(batch, ct);
        return await batch.Stored.WaitAsync(ct);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _file?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        List<IncomingBatch> group = [];
        try
        {
            while (await _queue.Reader.WaitToReadAsync(stoppingToken))
            {
                int events = 0;
                while (events < EventsPerTransaction && _queue.Reader.TryRead(out IncomingBatch? batch))
                {
                    group.Add(batch);
                    events += batch.Events.Count;
                }

                Store(group);
                group.Clear();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Agents keep what was not acknowledged and send it again.
        }
    }

    private void Store(List<IncomingBatch> group)
    {
        try
        {
            IReadOnlyList<FleetEvent> stored;
            EventPosition last;
            lock (_gate)
            {
                DayFile file = Current();
                stored = file.Store(group, out last);
                group.ForEach(batch => batch.Succeed(file.MarkOf(batch.Host, batch.Epoch)));
            }

            flow.Stored(stored, last);
            feed.Publish(LiveTopics.Events);
        }
        catch (Exception error)
        {
            // Nothing of the group is acknowledged. The file's memory of hosts and sums may be ahead of the disk now: begin again from the disk.
            log.StoringFailed(error, group.Count);
            group.ForEach(batch => batch.Fail(error));
            lock (_gate)
            {
                _file?.Dispose();
                _file = null;
            }
        }
    }

    private DayFile Current()
    {
        DateOnly today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (_file is { } open && open.Day >= today)
        {
            return open;
        }

        _file?.Dispose();
        _file = null;

        // A clock that was set back goes on in the newest file: positions only ever rise.
        _file = DayFile.Open(files, files.Days() is [.., DateOnly newest] && newest > today ? newest : today);
        log.DayBegan(_file.Day);
        return _file;
    }
}
