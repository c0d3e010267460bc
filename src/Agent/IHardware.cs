using Fleet.Agent.Sensors;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent;

/// <summary>The machine under the broker: a real Linux host or a simulated one.</summary>
internal interface IHardware
{
    /// <summary>A directory laid out like /sys/bus/pci; what the mirror shows.</summary>
    string PciRoot { get; }

    /// <summary>The files by which tools reach a function's configuration space, without links in their paths. What is bound over them is meant to be met.</summary>
    IReadOnlyList<string> ConfigPaths(PciAddress address);

    /// <summary>The time since the host's boot, suspended time included; null where the agent's own clock is all there is.</summary>
    Func<TimeSpan>? SinceBoot => null;

    /// <summary>The host as the hardware knows it. Intercept and Mode are the agent's to set: here they are "none" and observe.</summary>
    HostFacts ReadFacts();

    /// <summary>The functions present now, in address order.</summary>
    IReadOnlyList<PciAddress> Addresses();

    /// <summary>Reads one function: cached attributes first, then as much of its configuration space as is safe.</summary>
    /// <param name="address">Which.</param>
    /// <param name="known">
    /// What was read before: while it is the same device under the same driver its configuration space is not read again, as a read
    /// takes a lock and may wake the device. Null to read it all.
    /// </param>
    /// <exception cref="DirectoryNotFoundException">The function is gone.</exception>
    FunctionFacts ReadFunction(PciAddress address, FunctionFacts? known);

    /// <summary>Opens the function's configuration space for the broker.</summary>
    /// <remarks>A space that is also disposable is closed by whoever opened it.</remarks>
    /// <exception cref="DirectoryNotFoundException">The function is gone.</exception>
    IConfigSpace Open(PciAddress address);

    /// <summary>
    /// Functions that come, go or change hands from now on; each reader gets them all. A reader that falls behind gets one
    /// <see cref="HardwareChangeKind.Overrun"/> for what it missed. Ends with the token.
    /// </summary>
    IAsyncEnumerable<HardwareChange> Changes(CancellationToken ct);

    /// <summary>The sensors that this hardware can have, not started yet; whoever asks for them disposes them before the hardware.</summary>
    IReadOnlyList<ISensor> CreateSensors(SensorContext context);

    /// <summary>The guard that denies opens of raw config files around the intercept, not started yet; null where there is nothing to guard.</summary>
    /// <param name="context">What sensors need.</param>
    /// <param name="denies">Whether opens of this function's file are denied.</param>
    ISensor? CreateGuard(SensorContext context, Func<PciAddress, bool> denies) => null;

    /// <summary>The ways around the broker on this machine, looked for now.</summary>
    /// <param name="facts">The host's facts, with what its sensors say of themselves.</param>
    IReadOnlyList<BypassPath> FindBypassPaths(HostFacts facts) => [];
}
