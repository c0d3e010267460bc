namespace Fleet.Contracts;

/// <summary>How often a dword was accessed.</summary>
/// <param name="Offset">Offset of the dword.</param>
/// <param name="Reads">Reads.</param>
/// <param name="Writes">Writes, allowed or not.</param>
public sealed record AccessHeat(int Offset, long Reads, long Writes);
