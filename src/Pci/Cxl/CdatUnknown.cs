namespace Fleet.Pci.Cxl;

/// <summary>A structure of a type, or with a content, that this product does not know; kept as it was.</summary>
/// <param name="Offset">Where it begins in the table, in bytes.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Type">Its type as written.</param>
/// <param name="Hex">All its bytes, head included, lower-case hexadecimal.</param>
public sealed record CdatUnknown(int Offset, int Length, byte Type, string Hex) : CdatStructure(Offset, Length);
