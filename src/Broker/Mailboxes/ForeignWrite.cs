using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>Who last wrote into a mailbox without going through its queue, and when (a timestamp of the time provider).</summary>
internal sealed class ForeignWrite
{
    public required Caller Caller { get; init; }

    public long At;

    public long Count;
}
