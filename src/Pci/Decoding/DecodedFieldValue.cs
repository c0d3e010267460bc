namespace Fleet.Pci.Decoding;

/// <summary>A field of a register.</summary>
/// <param name="Name">Its name.</param>
/// <param name="High">Most significant bit.</param>
/// <param name="Low">Least significant bit.</param>
/// <param name="Value">Its value as a number.</param>
/// <param name="Meaning">What the value means ("8 GT/s"); null when the number says it.</param>
public readonly record struct DecodedFieldValue(string Name, int High, int Low, ulong Value, string? Meaning);
