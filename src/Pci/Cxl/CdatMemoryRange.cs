namespace Fleet.Pci.Cxl;

/// <summary>A range of device memory: Device Scoped Memory Affinity Structure, DSMAS, type 0 (CDAT 1.04, section 2.2.1).</summary>
/// <param name="Offset">Where it begins in the table, in bytes.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Handle">Names the range for other structures, 0 to 255.</param>
/// <param name="Flags">The flags as written.</param>
/// <param name="Base">First device physical address, in bytes.</param>
/// <param name="Size">Size of the range in bytes.</param>
public sealed record CdatMemoryRange(int Offset, int Length, byte Handle, byte Flags, ulong Base, ulong Size) : CdatStructure(Offset, Length)
{
    /// <summary>The memory keeps its content without power.</summary>
    public bool NonVolatile => (Flags & (1 << 2)) != 0;

    /// <summary>Several hosts may share it.</summary>
    public bool Shareable => (Flags & (1 << 3)) != 0;

    /// <summary>The device keeps shared memory coherent.</summary>
    public bool HardwareCoherent => (Flags & (1 << 4)) != 0;

    /// <summary>Its capacity may come and go at run time.</summary>
    public bool DynamicCapacity => (Flags & (1 << 5)) != 0;

    /// <summary>It can only be read.</summary>
    public bool ReadOnly => (Flags & (1 << 6)) != 0;
}
