using Fleet.Pci;

namespace Fleet.Contracts;

/// <summary>Asks for a hold on the stateful features of a function's device.</summary>
/// <param name="Function">Any function of the device.</param>
/// <param name="Reason">Why, for whoever meets it; 1 to 200 characters.</param>
/// <param name="Seconds">For how long at most; null for the longest that the agent grants.</param>
/// <param name="Pid">The process that shall hold it, in the agent's pid namespace; null for the one that asks.</param>
public sealed record LocalHoldRequest(PciAddress Function, string Reason, double? Seconds = null, int? Pid = null);
