using System.Text.Json;
using System.Threading.Channels;
using Fleet.Contracts;
using Fleet.Server.Data.Events;

namespace Fleet.Server.Data.Telling;

/// <summary>
/// Where events wait that the server itself tells. They are written in the transaction of the change that they tell of, so that both are so or neither;
/// <see cref="OutboxTeller"/> stores them among the others.
/// </summary>
internal sealed class Outbox
{
    private readonly Channel<bool> _rings = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>One at least after each ring.</summary>
    public ChannelReader<bool> Rings => _rings.Reader;

    /// <summary>Adds an event to a change; whoever changes saves and commits, and then rings.</summary>
    /// <exception cref="InvalidOperationException">No transaction is under way: the order of rows would not be that of commits.</exception>
    public static void Add(FleetDb db, FleetEvent told)
    {
        if (db.Database.CurrentTransaction is null)
        {
            throw new InvalidOperationException("An event is told in the transaction of what it tells of; begin one with BeginChangeAsync.");
        }

        db.Add(new OutboxRow { Host = told.Host, Event = JsonSerializer.Serialize(told with { Epoch = IncomingBatch.OutboxEpoch }, FleetJson.Options) });
    }

    /// <summary>Something was added and committed.</summary>
    public void Ring() => _rings.Writer.TryWrite(true);
}
