using Fleet.Pci;

namespace Fleet.Contracts;

/// <summary>A function in quarantine.</summary>
/// <param name="Function">The function.</param>
/// <param name="HostName">Its host's name.</param>
/// <param name="Address">Its address.</param>
/// <param name="Since">Since when.</param>
/// <param name="Reason">Why, one sentence.</param>
/// <param name="Attestation">The attestation that put it there.</param>
public sealed record QuarantineView(FunctionId Function, string HostName, PciAddress Address, DateTimeOffset Since, string Reason, string Attestation);
