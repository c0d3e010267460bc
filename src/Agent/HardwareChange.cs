using Fleet.Pci;

namespace Fleet.Agent;

/// <summary>Something happened to a function.</summary>
/// <param name="Kind">What.</param>
/// <param name="Address">To which; null for an overrun.</param>
internal readonly record struct HardwareChange(HardwareChangeKind Kind, PciAddress? Address);
