using Fleet.Contracts;

namespace Fleet.Server.Data.Telling;

/// <summary>An event that the server itself tells and that is not among the events yet.</summary>
internal sealed class OutboxRow
{
    /// <summary>Rises in the order in which changes commit, and is never given twice: the event's sequence.</summary>
    public long Id { get; init; }

    public HostId Host { get; init; }

    /// <summary>JSON of the <see cref="FleetEvent"/>, without its sequence.</summary>
    public required string Event { get; init; }
}
