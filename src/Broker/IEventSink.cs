using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>Takes what the broker has to tell: the agent's spool. Gives host, epoch and sequence; never blocks for long.</summary>
public interface IEventSink
{
    /// <summary>Stores an event.</summary>
    void Publish(FleetEvent fleetEvent);
}
