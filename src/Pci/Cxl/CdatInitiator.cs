namespace Fleet.Pci.Cxl;

/// <summary>Something in the device that accesses memory: Device Scoped Initiator Structure, DSIS, type 3 (CDAT 1.04, section 2.2.4).</summary>
/// <param name="Offset">Where it begins in the table, in bytes.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Flags">The flags as written.</param>
/// <param name="Handle">Names the initiator, or the memory range it has, for other structures.</param>
public sealed record CdatInitiator(int Offset, int Length, byte Flags, byte Handle) : CdatStructure(Offset, Length)
{
    /// <summary>The handle is that of a memory range of its own.</summary>
    public bool MemoryAttached => (Flags & 1) != 0;
}
