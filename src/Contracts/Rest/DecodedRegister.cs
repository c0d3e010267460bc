namespace Fleet.Contracts;

/// <summary>A register and its fields.</summary>
/// <param name="Offset">Absolute offset in configuration space.</param>
/// <param name="Width">Width in bytes: 1, 2, 4 or 8.</param>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value, lower-case hexadecimal of Width × 2 digits; null when it was never read.</param>
/// <param name="Fields">Its fields, from the most significant bit down.</param>
public sealed record DecodedRegister(int Offset, int Width, string Name, string? Value, IReadOnlyList<DecodedField> Fields);
