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

    /// <summary>True when its last start failed for lack of time alone: the host was too busy to show whether it works.</summary>
    bool WasLate => false;

    /// <summary>
    /// Starts it and tries it: it makes an access that it should see and waits, a bounded time, until it has. A sensor that does not
    /// work says why and stays silent; it throws for nothing that a host can be like. One that was late is started again later.
    /// </summary>
    /// <param name="seen">Takes what it sees, on the sensor's own thread; own accesses of the agent are left out.</param>
    /// <param name="patience">How long it may wait for what it tries.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    SensorReport Start(Action<BypassAccess> seen, TimeSpan patience, CancellationToken ct);

    /// <summary>What it says of itself now, given what it said at its start.</summary>
    SensorReport Report(SensorReport atStart) => atStart;
}
