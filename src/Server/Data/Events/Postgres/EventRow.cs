using Fleet.Contracts;

namespace Fleet.Server.Data.Events.Postgres;

/// <summary>An event on its way into a partition.</summary>
/// <param name="Host">The host's number of the day.</param>
/// <param name="Event">The event.</param>
/// <param name="Json">The same as UTF-8.</param>
internal readonly record struct EventRow(int Host, FleetEvent Event, byte[] Json);
