namespace Fleet.Contracts;

/// <summary>A capability with its registers.</summary>
/// <param name="Offset">Offset of its header; 0 for the configuration header itself.</param>
/// <param name="Name">Its name.</param>
/// <param name="Length">Length in bytes.</param>
/// <param name="Registers">The registers that were read and are known.</param>
public sealed record DecodedCapability(int Offset, string Name, int Length, IReadOnlyList<DecodedRegister> Registers);
