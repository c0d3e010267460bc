using Fleet.Agent.Linux;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent.Sensors;

/// <summary>What sensors need of the agent they work for.</summary>
/// <param name="Hashes">Where hashes of callers' executables come from.</param>
/// <param name="Tell">Takes what a sensor has to tell that is no access.</param>
/// <param name="Quarantine">Takes a mailbox, by function and offset, that must not be used any more, and why.</param>
internal sealed record SensorContext(ExecutableHashes Hashes, Action<FleetEvent> Tell, Action<PciAddress, int, string> Quarantine);
