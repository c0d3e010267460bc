using System.Collections.Concurrent;
using Fleet.Contracts;
using Fleet.Policy;

namespace Fleet.Broker;

/// <summary>What one broker has done since it started: numbers that only rise, for metrics.</summary>
public sealed class BrokerCounters
{
    private const int MostFeatures = 64;

    // What is counted is what is decided here; Unknown never is.
    private const int Decisions = (int)Decision.Virtualise + 1;
    private const int Operations = (int)AccessOperation.Write + 1;

    private readonly long[] _accesses = new long[Operations * Decisions];
    private readonly long[] _conflicts = new long[Enum.GetValues<RegionKind>().Length * Decisions];
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, long>> _exchanges = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _faults = new(Labels.Faults.Select(fault => KeyValuePair.Create(fault, 0L)), StringComparer.Ordinal);
    private int _waiting;

    /// <summary>How long exchanges waited for their mailbox.</summary>
    public DurationHistogram Waits { get; } = new();

    /// <summary>How long exchanges took on the wire.</summary>
    public DurationHistogram ExchangeTimes { get; } = new();

    /// <summary>Exchanges that wait for a mailbox now.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Accesses of one sort.</summary>
    public long Accesses(AccessOperation operation, Decision decision) => Volatile.Read(ref _accesses[((int)operation * Decisions) + (int)decision]);

    /// <summary>Contended accesses that met a claim on one sort of region.</summary>
    public long Conflicts(RegionKind region, Decision decision) => Volatile.Read(ref _conflicts[((int)region * Decisions) + (int)decision]);

    /// <summary>Exchanges by feature and outcome.</summary>
    public IReadOnlyList<ExchangeCount> Exchanges() =>
        [.. _exchanges.SelectMany(f => f.Value.Select(o => new ExchangeCount(f.Key, o.Key, o.Value)))];

    /// <summary>Faults of mailboxes by what went wrong, each known one from 0 on.</summary>
    public IReadOnlyDictionary<string, long> Faults => _faults;

    internal void Access(AccessOperation operation, Decision decision) =>
        Interlocked.Increment(ref _accesses[((int)operation * Decisions) + (int)decision]);

    internal void Conflict(RegionKind region, Decision decision) =>
        Interlocked.Increment(ref _conflicts[((int)region * Decisions) + (int)decision]);

    internal void Exchange(string feature, string outcome)
    {
        // Callers choose the feature: beyond a bound they share one label.
        string label = _exchanges.ContainsKey(feature) || _exchanges.Count < MostFeatures ? feature : "other";
        _exchanges.GetOrAdd(label, _ => new ConcurrentDictionary<string, long>(StringComparer.Ordinal))
            .AddOrUpdate(outcome, 1, (_, count) => count + 1);
    }

    internal void Fault(string fault) => _faults.AddOrUpdate(fault, 1, (_, count) => count + 1);

    internal void Queue(int change) => Interlocked.Add(ref _waiting, change);
}
