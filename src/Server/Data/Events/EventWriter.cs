using System.Threading.Channels;
using Fleet.Contracts;
using Fleet.Server.Live;

namespace Fleet.Server.Data.Events;

/// <summary>
/// The one writer of events. Batches queue in a bounded channel; what has gathered while a transaction was on its way to disk goes into
/// the next one together, so a slow disk makes transactions larger, not the queue longer.
/// </summary>
internal sealed class EventWriter(
    IEventStore store, EventFlow flow, LiveFeed feed, TimeProvider time, ILogger<EventWriter> log) : BackgroundService
{
    private const int EventsPerTransaction = 5_000;
    private const int QueuedBatches = 256;
    private readonly Channel<IncomingBatch> _queue = Channel.CreateBounded<IncomingBatch>(
        new BoundedChannelOptions(QueuedBatches) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    // Whose batches were refused while others could be stored: it is said once, until it ends.
    private readonly HashSet<HostId> _refused = [];

    // When the oldest batch of the group that is being stored was queued; 0 while none is.
    private long _oldest;

    /// <summary>Batches that wait.</summary>
    public int Queued => _queue.Reader.Count;

    /// <summary>Whether so many batches wait that agents had better keep theirs a while.</summary>
    public bool Crowded => Queued >= QueuedBatches * 3 / 4;

    /// <summary>Why the last group could not be stored; null when it could.</summary>
    public string? Trouble { get; private set; }

    /// <summary>How long the oldest batch has waited that is not on disk yet, the group that is being stored included.</summary>
    public TimeSpan Lag => Volatile.Read(ref _oldest) is var storing and not 0 ? time.GetElapsedTime(storing)
        : _queue.Reader.TryPeek(out IncomingBatch? next) ? time.GetElapsedTime(next.Queued)
        : TimeSpan.Zero;

    /// <summary>Queues a batch and waits until it is on disk.</summary>
    /// <returns>The sequence up to which the epoch is stored.</returns>
    public async Task<long> StoreAsync(IncomingBatch batch, CancellationToken ct)
    {
        batch.Encode();
        batch.Queued = time.GetTimestamp();
        await _queue.Writer.WriteAsync(batch, ct);
        return await batch.Stored.WaitAsync(ct);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        await base.StopAsync(cancellationToken);
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

                Volatile.Write(ref _oldest, group[0].Queued);
                await StoreAsync(group, stoppingToken);
                Volatile.Write(ref _oldest, 0);
                group.Clear();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Agents keep what was not acknowledged and send it again.
        }
    }

    private async Task StoreAsync(List<IncomingBatch> group, CancellationToken ct)
    {
        try
        {
            Succeed(group, await store.StoreAsync(group, ct));
        }
        catch (Exception error) when (group.Count is 1 || IsOfTheStore(error))
        {
            Fail(group, error);
        }
        catch (Exception error)
        {
            await StoreSinglyAsync(group, error, ct);
        }
    }

    // What is wrong with one batch must not refuse the others. A later batch of the same epoch waits for it, or there would be a hole.
    private async Task StoreSinglyAsync(List<IncomingBatch> group, Exception why, CancellationToken ct)
    {
        Dictionary<(HostId Host, long Epoch), Exception> refused = [];
        List<IncomingBatch> left = [];
        for (int i = 0; i < group.Count; i++)
        {
            IncomingBatch batch = group[i];
            if (refused.ContainsKey((batch.Host, batch.Epoch)))
            {
                left.Add(batch);
                continue;
            }

            try
            {
                Succeed([batch], await store.StoreAsync([batch], ct));
            }
            catch (Exception error) when (IsOfTheStore(error))
            {
                Fail([.. left, .. group[i..]], error);
                return;
            }
            catch (Exception error)
            {
                refused[(batch.Host, batch.Epoch)] = error;
                left.Add(batch);
            }
        }

        if (left.Count == group.Count)
        {
            Fail(group, why);
            return;
        }

        foreach (IncomingBatch batch in left)
        {
            Exception error = refused[(batch.Host, batch.Epoch)];
            if (_refused.Add(batch.Host))
            {
                log.BatchRefused(error, batch.HostName, batch.Host, batch.Epoch);
            }

            batch.Fail(error);
        }
    }

    private static bool IsOfTheStore(Exception error) => error is StoreUnavailableException or OperationCanceledException;

    // Acknowledged last: whoever has an acknowledgement finds the events counted, and no trouble of before.
    private void Succeed(List<IncomingBatch> group, StoredGroup stored)
    {
        if (Trouble is not null)
        {
            Trouble = null;
            log.StoringAgain();
        }

        flow.Stored(stored.Events, stored.Last);
        feed.Publish(LiveTopics.Events);
        for (int i = 0; i < group.Count; i++)
        {
            _refused.Remove(group[i].Host);
            group[i].Succeed(stored.Marks[i]);
        }
    }

    // Nothing of the group is acknowledged. A full disk fails again and again: it is said once, until it ends.
    private void Fail(List<IncomingBatch> group, Exception error)
    {
        if (Trouble is null)
        {
            log.StoringFailed(error, group.Count);
        }

        Trouble = error.Message;
        group.ForEach(batch => batch.Fail(error));
    }
}
