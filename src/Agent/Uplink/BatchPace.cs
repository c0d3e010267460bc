using Fleet.Contracts;

namespace Fleet.Agent.Uplink;

/// <summary>
/// How large the next batch may be. It grows a little with each that goes through quickly and halves when the server is busy or the link is slow,
/// so that a batch always gets through within the time a call may take. Lives longer than a connection: the next one meets the same server and link.
/// </summary>
internal sealed class BatchPace
{
    private const int FewestEvents = 10;
    private const int FewestBytes = 16 * 1024;

    // The envelope of a message and one event more must still fit.
    private const int MostBytes = LinkProtocol.MaxMessageBytes * 3 / 4;
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(5);

    /// <summary>Most events.</summary>
    public int Events { get; private set; } = LinkProtocol.MaxBatch;

    /// <summary>Most bytes, about.</summary>
    public int Bytes { get; private set; } = MostBytes;

    /// <summary>A moment within half as long again: agents that were told the same wait do not come in one instant.</summary>
#pragma warning disable CA5394 // Spreads load; guards nothing.
    public static TimeSpan Spread(TimeSpan wait) => wait * (1 + (Random.Shared.NextDouble() / 2));
#pragma warning restore CA5394

    /// <summary>A batch was stored.</summary>
    public void Stored(TimeSpan took)
    {
        if (took > Slow)
        {
            Shrink();
        }
        else if (took < Quick)
        {
            Events = Math.Min(LinkProtocol.MaxBatch, Events + (LinkProtocol.MaxBatch / 10));
            Bytes = Math.Min(MostBytes, Bytes + (MostBytes / 10));
        }
    }

    /// <summary>The server was busy, or a batch had no answer.</summary>
    public void Shrink()
    {
        Events = Math.Max(FewestEvents, Events / 2);
        Bytes = Math.Max(FewestBytes, Bytes / 2);
    }
}
