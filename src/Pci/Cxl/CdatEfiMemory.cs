namespace Fleet.Pci.Cxl;

/// <summary>
/// How firmware is to report a range of device memory: Device Scoped EFI Memory Type Structure, DSEMTS, type 4 (CDAT 1.04, section 2.2.5).
/// </summary>
/// <param name="Offset">Where it begins in the table, in bytes.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Handle">The memory range it is about.</param>
/// <param name="MemoryType">The type as written.</param>
/// <param name="Base">First address within the range, in bytes.</param>
/// <param name="Size">Size in bytes.</param>
public sealed record CdatEfiMemory(int Offset, int Length, byte Handle, byte MemoryType, ulong Base, ulong Size) : CdatStructure(Offset, Length)
{
    /// <summary>The type in words; null for one that is reserved.</summary>
    public string? MemoryTypeName => MemoryType switch
    {
        0 => "conventional memory",
        1 => "conventional memory, specific purpose",
        2 => "reserved memory",
        _ => null,
    };
}
