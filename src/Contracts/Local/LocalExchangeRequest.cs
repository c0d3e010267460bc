using Fleet.Pci;

namespace Fleet.Contracts;

/// <summary>Asks for an exchange with a DOE mailbox, in turn with everybody else.</summary>
/// <param name="Function">The function.</param>
/// <param name="Offset">Offset of the mailbox's capability.</param>
/// <param name="Feature">Vendor and type, as "0001:01".</param>
/// <param name="Payload">The object's payload in hexadecimal, without its two header dwords; at most 1 MiB.</param>
public sealed record LocalExchangeRequest(PciAddress Function, int Offset, string Feature, string Payload);
