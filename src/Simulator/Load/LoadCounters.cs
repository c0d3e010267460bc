using System.Collections.Concurrent;

namespace Fleet.Simulator.Load;

/// <summary>What a load run counts, over all hosts.</summary>
internal sealed class LoadCounters
{
    private readonly ConcurrentDictionary<string, long> _refusals = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _errors = new(StringComparer.Ordinal);
    private long _connected;
    private long _connections;
    private long _enrolled;
    private long _produced;
    private long _acknowledged;
    private long _lost;
    private long _attested;

    public long Connected => Interlocked.Read(ref _connected);

    /// <summary>Connections that got as far as an answered hello, since the start.</summary>
    public long Connections => Interlocked.Read(ref _connections);

    public long Enrolled => Interlocked.Read(ref _enrolled);

    public long Produced => Interlocked.Read(ref _produced);

    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Events that a host's bounded spool had no room for; each host tells the server how many.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    public long Attested => Interlocked.Read(ref _attested);

    public IReadOnlyDictionary<string, long> Refusals => _refusals;

    public IReadOnlyDictionary<string, long> Errors => _errors;

    /// <summary>From the first byte of a connection to the answered hello.</summary>
    public Histogram Connecting { get; } = new();

    public Histogram Joining { get; } = new();

    /// <summary>From a batch's sending to its acknowledgement.</summary>
    public Histogram Acknowledging { get; } = new();

    /// <summary>From the making of an event to its acknowledgement.</summary>
    public Histogram Stored { get; } = new();

    /// <summary>From the making of an event to its arrival at a reader of the REST stream.</summary>
    public Histogram Visible { get; } = new();

    public void Up()
    {
        Interlocked.Increment(ref _connected);
        Interlocked.Increment(ref _connections);
    }

    public void Down() => Interlocked.Decrement(ref _connected);

    public void Joined() => Interlocked.Increment(ref _enrolled);

    public void Made(long events) => Interlocked.Add(ref _produced, events);

    public void Stores(long events) => Interlocked.Add(ref _acknowledged, events);

    public void Loses(long events) => Interlocked.Add(ref _lost, events);

    public void Attests() => Interlocked.Increment(ref _attested);

    public void Refused(string reason) => _refusals.AddOrUpdate(reason, 1, (_, before) => before + 1);

    public void Failed(string kind) => _errors.AddOrUpdate(kind, 1, (_, before) => before + 1);
}
