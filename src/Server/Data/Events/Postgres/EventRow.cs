using Fleet.Contracts;

namespace Fleet.Server.Data.Events.Postgres;

/// <summary>An event on its way into a partition.</summary>
/// <param name="Host">The host's number of the day.</param>
/// <param name="Event">The event.</param>
/// <param name="Batch">The batch it came in.</param>
/// <param name="Index">Its place there; null for one that the server made, or gave its sequence.</param>
internal readonly record struct EventRow(int Host, FleetEvent Event, IncomingBatch Batch, int? Index)
{
    /// <summary>The event as UTF-8: written by whoever queued the batch, outside of the transaction.</summary>
    public ReadOnlySpan<byte> Json => Index is { } index ? Batch.Json(index) : FleetJson.Write(Event);
}
