using Fleet.Broker;
using Fleet.Contracts;

namespace Fleet.Agent.Sensors;

/// <summary>
/// One way to learn of accesses around the broker. In this room: what a sensor is, the set of them that an agent starts and what
/// they have in common; each kind is in Linux/Sensors, next to the kernel interface it listens at.
/// </summary>
internal interface ISensor : IDisposable
{
    string Name { get; }

    /// <summary>Accesses that it should have seen and lost, so far: it could not keep up.</summary>
    long Lost => 0;

    /// <summary>
    /// Starts it and tries it: it makes an access that it should see and waits, a bounded time, until it has. Called once. A sensor
    /// that does not work says why and stays silent; it throws for nothing that a host can be like.
    /// </summary>
    /// <param name="seen">Takes what it sees, on the sensor's own thread; own accesses of the agent are left out.</param>
    SensorReport Start(Action<BypassAccess> seen);
}
