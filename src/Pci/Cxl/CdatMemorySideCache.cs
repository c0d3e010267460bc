namespace Fleet.Pci.Cxl;

/// <summary>
/// A cache in front of a range of device memory: Device Scoped Memory Side Cache Information Structure, DSMSCIS, type 2 (CDAT 1.04, section 2.2.3).
/// </summary>
/// <param name="Offset">Where it begins in the table, in bytes.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Handle">The memory range it is about.</param>
/// <param name="Size">Size of the cache in bytes.</param>
/// <param name="Attributes">The attributes as written (as in ACPI's HMAT).</param>
public sealed record CdatMemorySideCache(int Offset, int Length, byte Handle, ulong Size, uint Attributes) : CdatStructure(Offset, Length)
{
    /// <summary>How many levels of such caches there are.</summary>
    public int Levels => (int)(Attributes & 0xf);

    /// <summary>Which level this one is.</summary>
    public int Level => (int)((Attributes >> 4) & 0xf);

    /// <summary>Length of a cache line in bytes.</summary>
    public int LineSize => (int)(Attributes >> 16);
}
