using System.Collections.Immutable;

namespace Fleet.Pci.Decoding;

/// <summary>A register and its fields.</summary>
/// <param name="Offset">Absolute offset in configuration space.</param>
/// <param name="Width">Width in bytes: 1, 2, 4 or 8.</param>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value; null when it was never read.</param>
/// <param name="Fields">Its fields from the most significant bit down; empty when the value is unknown or has no parts.</param>
public readonly record struct DecodedRegisterValue(int Offset, int Width, string Name, ulong? Value, ImmutableArray<DecodedFieldValue> Fields);
