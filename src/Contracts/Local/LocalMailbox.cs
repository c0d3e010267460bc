using Fleet.Pci;

namespace Fleet.Contracts;

/// <summary>Names a DOE mailbox of this host.</summary>
/// <param name="Function">The function.</param>
/// <param name="Offset">Offset of the mailbox's capability; null for the one that speaks what is asked for.</param>
public sealed record LocalMailbox(PciAddress Function, int? Offset);
