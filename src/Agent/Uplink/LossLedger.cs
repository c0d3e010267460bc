using System.Collections.Concurrent;
using Fleet.Contracts;

namespace Fleet.Agent.Uplink;

/// <summary>What was lost and not told yet. Publishers add to it at any time; the spool's writer tells of it, and takes off what it has told once that is on disk.</summary>
internal sealed class LossLedger(string hostName, ILogger log)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<LossKey, Loss> _untold = [];
    private readonly ConcurrentDictionary<string, long> _lost = new(LossReasons.All.Select(reason => KeyValuePair.Create(reason, 0L)));

    /// <summary>Events lost since start, by reason; an interval counts as one.</summary>
    public IReadOnlyDictionary<string, long> Lost => _lost;

    /// <summary>Takes in what an earlier life had not told, beside what was lost before its file could be opened.</summary>
    public void Restore(IReadOnlyDictionary<LossKey, Loss> untold)
    {
        lock (_gate)
        {
            foreach ((LossKey key, Loss loss) in untold)
            {
                _untold[key] = _untold.TryGetValue(key, out Loss now) ? Join(loss, now) : loss;
            }
        }
    }

    /// <summary>Adds to what is lost; the log says so unless something of that reason waits to be told.</summary>
    public void Add(string reason, Loss loss)
    {
        _lost.AddOrUpdate(reason, Math.Max(loss.Count, 1), (_, old) => old + Math.Max(loss.Count, 1));
        LossKey key = new(reason, loss.IsInterval);
        bool first;
        lock (_gate)
        {
            first = !_untold.TryGetValue(key, out Loss before);
            _untold[key] = first ? loss : Join(before, loss);
        }

        if (first)
        {
            log.EventsLost(hostName, reason, LossReasons.Explain(reason));
        }
    }

    /// <summary>Counts what is told in its own place; the log says so of the first.</summary>
    public void Count(string reason)
    {
        if (_lost.AddOrUpdate(reason, 1, (_, old) => old + 1) is 1)
        {
            log.EventsLost(hostName, reason, LossReasons.Explain(reason));
        }
    }

    public IReadOnlyDictionary<LossKey, Loss> Untold()
    {
        lock (_gate)
        {
            return new Dictionary<LossKey, Loss>(_untold);
        }
    }

    /// <summary>Takes off what has been told; what came meanwhile stays.</summary>
    public void Told(IReadOnlyDictionary<LossKey, Loss> told, DateTimeOffset now)
    {
        lock (_gate)
        {
            foreach ((LossKey key, Loss loss) in told)
            {
                Loss left = _untold[key];
                if (left == loss)
                {
                    _untold.Remove(key);
                }
                else
                {
                    _untold[key] = left with { Count = left.Count - loss.Count, First = key.IsInterval ? left.First : now };
                }
            }
        }
    }

    /// <summary>The event that tells of a loss.</summary>
    public static FleetEvent Tell(LossKey key, Loss loss, string hostName, DateTimeOffset now)
    {
        string why = LossReasons.Explain(key.Reason);
        FleetEvent told = new() { HostName = hostName, Time = now, Kind = EventKinds.AgentLoss, First = loss.First };
        return loss.Last is { } last
            ? told with
            {
                Time = last,
                CountUnknown = true,
                Detail = $"Events between {loss.First:yyyy-MM-dd HH:mm:ss} and {last:yyyy-MM-dd HH:mm:ss} UTC may be lost ({key.Reason}), how many is not known: {why}.",
            }
            : told with { Count = loss.Count, Detail = $"{loss.Count} events were lost ({key.Reason}): {why}." };
    }

    private static Loss Join(Loss one, Loss other) => new(
        one.Count + other.Count, one.First < other.First ? one.First : other.First, one.Last > other.Last ? one.Last : other.Last ?? one.Last);
}
