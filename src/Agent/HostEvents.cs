using Fleet.Broker;
using Fleet.Contracts;

namespace Fleet.Agent;

/// <summary>Passes events to the spool and notices those after which the host's reported state is another.</summary>
internal sealed class HostEvents(IEventSink spool, ChangeSignal changed) : IEventSink
{
    public void Publish(FleetEvent fleetEvent)
    {
        spool.Publish(fleetEvent);
        if (fleetEvent.Kind is not (EventKinds.ContentionAccess or EventKinds.ContentionExchange or EventKinds.ContentionBypass or EventKinds.AgentLoss))
        {
            changed.Raise();
        }
    }
}
