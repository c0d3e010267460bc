using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>The last exchanges of one mailbox.</summary>
internal sealed class ExchangeTape(int depth)
{
    private readonly Lock _gate = new();
    private readonly Queue<RecordedExchange> _exchanges = new();
    private long _number;

    /// <summary>Adds one; it gets the next number.</summary>
    public void Add(RecordedExchange exchange)
    {
        lock (_gate)
        {
            _exchanges.Enqueue(exchange with { Number = ++_number });
            while (_exchanges.Count > depth)
            {
                _exchanges.Dequeue();
            }
        }
    }

    /// <summary>What is on it, oldest first.</summary>
    public IReadOnlyList<RecordedExchange> Read()
    {
        lock (_gate)
        {
            return [.. _exchanges];
        }
    }

    /// <summary>Marks the exchanges that had the mailbox within this span; returns those that were not marked before.</summary>
    public IReadOnlyList<RecordedExchange> MarkDisturbed(DateTimeOffset from, DateTimeOffset to)
    {
        lock (_gate)
        {
            List<RecordedExchange> marked = [];
            RecordedExchange[] all = [.. _exchanges];
            _exchanges.Clear();
            foreach (RecordedExchange exchange in all)
            {
                DateTimeOffset began = exchange.Queued + TimeSpan.FromMilliseconds(exchange.WaitedMilliseconds);
                bool hit = !exchange.Disturbed && exchange.Cycles > 0 && began <= to && began + TimeSpan.FromMilliseconds(exchange.TookMilliseconds) >= from;
                RecordedExchange kept = hit ? exchange with { Disturbed = true } : exchange;
                _exchanges.Enqueue(kept);
                if (hit)
                {
                    marked.Add(kept);
                }
            }

            return marked;
        }
    }
}
