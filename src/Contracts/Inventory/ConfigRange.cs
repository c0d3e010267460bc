namespace Fleet.Contracts;

/// <summary>Bytes of configuration space that were read.</summary>
/// <param name="Offset">First byte, a multiple of 4.</param>
/// <param name="Hex">The bytes in order, lower-case hexadecimal.</param>
public sealed record ConfigRange(int Offset, string Hex);
