using Fleet.Contracts;

namespace Fleet.Server.Data.Events;

/// <summary>
/// Says of batches which events are new, and what is missing between them: from the marks of before, without a
/// database. What a group moved is asked for afterwards, to be written in the transaction that writes the events.
/// </summary>
/// <param name="markOf">The highest sequence stored of a host's epoch; 0 for none.</param>
internal sealed class NewEvents(Func<HostId, long, long> markOf)
{
    /// <summary>Epochs whose marks are kept a host, those that moved last. An agent begins a new one only when it lost its spool.</summary>
    public const int EpochsKept = 16;

    private readonly Dictionary<(HostId Host, long Epoch), (long Sequence, long Minute)> _moved = [];

    /// <summary>The marks that moved: the sequence, and when, in minutes since 1970.</summary>
    public IReadOnlyDictionary<(HostId Host, long Epoch), (long Sequence, long Minute)> Moved => _moved;

    /// <summary>The mark with what moved so far.</summary>
    public long Reached(HostId host, long epoch) => _moved.TryGetValue((host, epoch), out (long Sequence, long Minute) moved) ? moved.Sequence : markOf(host, epoch);

    /// <summary>The events of a batch that are to be stored, in order; each with its place in the batch, or null where the server made it. Its mark moves when all of them are taken.</summary>
    public IEnumerable<(FleetEvent Event, int? Index)> Of(IncomingBatch batch)
    {
        long before = Reached(batch.Host, batch.Epoch);
        long mark = before;
        for (int i = 0; i < batch.Events.Count; i++)
        {
            FleetEvent given = batch.Events[i];
            if (given.Sequence <= mark)
            {
                continue;
            }

            // An agent's sequences have no holes, so what is missing was lost; that is said where the events would have been.
            if (given.Sequence > mark + 1 && batch.Epoch is not IncomingBatch.OutboxEpoch)
            {
                yield return (Hole(batch, mark, given.Sequence), null);
            }

            mark = given.Sequence;
            yield return (given, i);
        }

        if (mark > before)
        {
            Move(batch, batch.Epoch, mark);
        }
    }

    private FleetEvent Hole(IncomingBatch batch, long after, long before)
    {
        long sequence = Reached(batch.Host, IncomingBatch.ServerEpoch) + 1;
        Move(batch, IncomingBatch.ServerEpoch, sequence);
        return new FleetEvent
        {
            Host = batch.Host,
            HostName = batch.HostName,
            Epoch = IncomingBatch.ServerEpoch,
            Sequence = sequence,
            Time = batch.Arrival,
            Kind = EventKinds.AgentLoss,
            Count = Math.Min(before - after - 1, SumBounds.LargestCount),
            Detail = $"Events {after + 1} to {before - 1} of epoch {batch.Epoch} never arrived.",
        };
    }

    private void Move(IncomingBatch batch, long epoch, long sequence) => _moved[(batch.Host, epoch)] = (sequence, StoreTime.Minutes(batch.Arrival));
}
