using Fleet.Pci;
using Fleet.Pci.Cxl;

namespace Fleet.Agent.Local;

/// <summary>A device's CDAT, read through its mailbox.</summary>
/// <param name="Function">The function.</param>
/// <param name="Offset">Offset of the mailbox that was asked.</param>
/// <param name="Header">The table's header; null when not even that was read.</param>
/// <param name="Structures">Its structures.</param>
/// <param name="Findings">What is wrong with it.</param>
/// <param name="Raw">The bytes read, lower-case hexadecimal.</param>
/// <param name="Failure">Why reading stopped early; null when it did not.</param>
/// <param name="Detail">One sentence for people.</param>
internal sealed record LocalCdat(
    PciAddress Function, int Offset, CdatHeader? Header, IReadOnlyList<CdatStructure> Structures, IReadOnlyList<string> Findings, string Raw,
    string? Failure, string Detail);
