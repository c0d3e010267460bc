using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>Who last wrote into a mailbox without going through its queue, and when (a timestamp of the time provider).</summary>
internal sealed class ForeignWrite
{
    public long At;

    public long Count;

    public required Caller Caller { get; init; }

    /// <summary>Such writes before this caller's, by whomever.</summary>
    public required long Before { get; init; }

    /// <summary>All such writes of the mailbox so far.</summary>
    public long Total => Before + Volatile.Read(ref Count);
}
