using Fleet.Agent;
using Fleet.Simulator.Hardware;

namespace Fleet.Simulator.Running;

/// <summary>A simulated machine and the real agent on it.</summary>
internal sealed record SimulatedHost(string Name, SimulatedHardware Hardware, AgentHost Agent, Ledger Ledger);
