using Fleet.Pci;

namespace Fleet.Contracts;

/// <summary>Asks to abort a mailbox that is stuck and to let it be used again.</summary>
/// <param name="Function">The function.</param>
/// <param name="Offset">Offset of the mailbox's capability.</param>
/// <param name="Reason">Why, for the record; 1 to 200 characters.</param>
public sealed record LocalMailboxRelease(PciAddress Function, int Offset, string Reason);
