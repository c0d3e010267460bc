using Fleet.Pci;

namespace Fleet.Contracts;

/// <summary>Whose a mailbox is.</summary>
/// <param name="Function">Where.</param>
/// <param name="Offset">Offset of its capability in configuration space.</param>
/// <param name="Owner">Who drives it: "broker", "kernel", "tsm", "vm", "none".</param>
/// <param name="Reason">Why, one sentence.</param>
/// <param name="State">"free", "busy", "quarantined", "observed", "unreadable".</param>
public sealed record MailboxStanding(PciAddress Function, int Offset, string Owner, string Reason, string State);
