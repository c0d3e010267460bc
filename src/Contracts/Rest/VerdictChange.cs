using Fleet.Pci;

namespace Fleet.Contracts;

/// <summary>How stored evidence of a function would be judged otherwise.</summary>
/// <param name="Function">The function.</param>
/// <param name="HostName">Its host's name.</param>
/// <param name="Address">Its address.</param>
/// <param name="Before">The verdict now.</param>
/// <param name="After">The verdict as it would be.</param>
/// <param name="Reason">Why, one sentence.</param>
public sealed record VerdictChange(FunctionId Function, string HostName, PciAddress Address, AttestationState Before, AttestationState After, string Reason);
