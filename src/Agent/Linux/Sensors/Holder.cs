using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>A process that has a way to a device open.</summary>
/// <param name="Caller">Whose.</param>
/// <param name="Kind">What it has open.</param>
/// <param name="Function">Which function's; null where the file does not say.</param>
/// <param name="Path">The file as the process sees it.</param>
/// <param name="Writable">Whether it was opened for writing.</param>
internal sealed record Holder(Caller Caller, HolderKind Kind, PciAddress? Function, string Path, bool Writable);
