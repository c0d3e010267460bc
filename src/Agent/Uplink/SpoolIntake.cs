using System.Threading.Channels;
using Fleet.Contracts;

namespace Fleet.Agent.Uplink;

/// <summary>
/// The publishers' side of the spool: a bounded queue, and for contention that comes faster than the disk a place where it is merged. Nobody who is decided
/// upon waits for a disk; what finds no place is counted.
/// </summary>
internal sealed class SpoolIntake(SpoolOptions options, string hostName, TimeProvider time, LossLedger losses, Func<bool> diskRefuses)
{
    private const int LargestCommit = 1000;
    private const int MostOverflow = 4096;

    private readonly Channel<Item> _queue = Channel.CreateBounded<Item>(new BoundedChannelOptions(options.QueueLength) { SingleReader = true });
    private readonly Overflow _overflow = new(MostOverflow);

    /// <summary>Events whose count another one carries.</summary>
    public long Merged => _overflow.Merged;

    /// <summary>What waits for the writer.</summary>
    public int Waiting => _queue.Reader.Count;

    public void Publish(FleetEvent fleetEvent)
    {
        FleetEvent e = fleetEvent with { HostName = hostName };
        MergeKey? key = MergeKey.Of(e);
        if (key is not null && _queue.Reader.Count >= options.QueueLength * 3 / 4)
        {
            // The last quarter is for what cannot be merged.
            if (!_overflow.TryAdd(key, e))
            {
                Lose(e.Count);
            }

            Poke();
            return;
        }

        if (!_queue.Writer.TryWrite(new Item(e, null)) && !HoldBack(new Item(e, null)))
        {
            Lose(e.Count);
        }
    }

    /// <summary>Makes the writer look again.</summary>
    public void Poke() => _queue.Writer.TryWrite(default);

    /// <summary>Returns when everything published before was taken and written.</summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await _queue.Writer.WriteAsync(new Item(null, done), ct);
        await done.Task.WaitAsync(ct);
    }

    /// <summary>Nothing comes after what is in the queue now.</summary>
    public void Complete() => _queue.Writer.TryComplete();

    /// <summary>For the writer: waits until there is something to take, and takes it. False when there is nothing after it.</summary>
    /// <param name="events">Gets what is to be written, in order.</param>
    /// <param name="flushed">Gets those who wait until it is.</param>
    public async Task<bool> TakeAsync(List<FleetEvent> events, List<TaskCompletionSource> flushed)
    {
        bool more = await _queue.Reader.WaitToReadAsync();
        while (events.Count < LargestCommit && _queue.Reader.TryRead(out Item item))
        {
            if (item.Event is not null)
            {
                events.Add(item.Event);
            }

            if (item.Flushed is not null)
            {
                flushed.Add(item.Flushed);
            }
        }

        events.AddRange(_overflow.Take());
        return more;
    }

    // Holding the publisher back a little turns a burst into the disk's pace instead of a loss. Not for long: it may be a thread of the pool.
    private bool HoldBack(Item item)
    {
        long start = time.GetTimestamp();
        while (!diskRefuses() && time.GetElapsedTime(start) < options.PublishPatience)
        {
            using CancellationTokenSource patience = new(options.PublishPatience, time);
            try
            {
                if (!_queue.Writer.WaitToWriteAsync(patience.Token).AsTask().GetAwaiter().GetResult())
                {
                    return false;
                }
            }
            catch (OperationCanceledException)
            {
                return false;
            }

            if (_queue.Writer.TryWrite(item))
            {
                return true;
            }
        }

        return false;
    }

    private void Lose(long count) => losses.Add(diskRefuses() ? LossReasons.DiskFailed : LossReasons.QueueFull, new Loss(count, time.GetUtcNow()));

    private readonly record struct Item(FleetEvent? Event, TaskCompletionSource? Flushed);
}
