namespace Fleet.Simulator.Hardware;

/// <summary>A memory base address register of a simulated function.</summary>
/// <param name="Index">Which register, 0 to 5; a wide one takes the next as well.</param>
/// <param name="Base">Where it is, a multiple of its size.</param>
/// <param name="Size">A power of two.</param>
/// <param name="Wide">True for 64 bits.</param>
/// <param name="Prefetchable">True when reads have no side effect; such a register lies in a bridge's prefetchable window.</param>
internal sealed record BarModel(int Index, ulong Base, ulong Size, bool Wide = true, bool Prefetchable = false);
