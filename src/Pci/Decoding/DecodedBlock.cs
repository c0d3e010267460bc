using System.Collections.Immutable;

namespace Fleet.Pci.Decoding;

/// <summary>A capability, or the configuration header, with its registers.</summary>
/// <param name="Offset">Offset of its header; 0 for the configuration header.</param>
/// <param name="Name">Its name.</param>
/// <param name="Length">Length in bytes as far as known.</param>
/// <param name="Registers">Its registers in order of offset; empty when its layout is not known here.</param>
public sealed record DecodedBlock(int Offset, string Name, int Length, ImmutableArray<DecodedRegisterValue> Registers);
