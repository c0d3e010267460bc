namespace Fleet.Contracts;

/// <summary>A capability as found on the chain.</summary>
/// <param name="Offset">Offset of its header, 0x40 to 0xffc.</param>
/// <param name="Id">Capability id (PCI Code and ID Assignment).</param>
/// <param name="Version">Version of an extended capability; 0 for a conventional one.</param>
/// <param name="Extended">True for an extended capability (offset 0x100 and up).</param>
/// <param name="Name">Its name.</param>
/// <param name="Length">Length in bytes as far as known, at least that of its header.</param>
public sealed record CapabilityFacts(int Offset, int Id, int Version, bool Extended, string Name, int Length);
