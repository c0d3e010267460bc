using Fleet.Broker;
using Fleet.Contracts;

namespace Fleet.MirrorHost;

/// <summary>Prints what the broker has to tell.</summary>
internal sealed class PrintedEvents : IEventSink
{
    public void Publish(FleetEvent fleetEvent) => Console.WriteLine(
        $"event {fleetEvent.Kind} {fleetEvent.Decision} {fleetEvent.Function} {fleetEvent.Offset:x}+{fleetEvent.Length:x}"
        + $" uid={fleetEvent.Caller?.Uid} pid={fleetEvent.Caller?.Pid} comm={fleetEvent.Caller?.Comm} exe={fleetEvent.Caller?.Exe}");
}
