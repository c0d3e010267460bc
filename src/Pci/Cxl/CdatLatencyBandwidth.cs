using System.Collections.Immutable;

namespace Fleet.Pci.Cxl;

/// <summary>
/// How fast a range of device memory is: Device Scoped Latency and Bandwidth Information Structure, DSLBIS, type 1 (CDAT 1.04, section 2.2.2).
/// </summary>
/// <param name="Offset">Where it begins in the table, in bytes.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Handle">The memory range or initiator it is about.</param>
/// <param name="Flags">The flags as written; bits 3:0 say which level of the memory it is about, 0 for the memory itself.</param>
/// <param name="Measures">What is measured.</param>
/// <param name="BaseUnit">What one unit of an entry stands for: picoseconds, or megabytes a second.</param>
/// <param name="Entries">The three entries as written; 0 for one that is not given.</param>
public sealed record CdatLatencyBandwidth(
    int Offset, int Length, byte Handle, byte Flags, CdatPerformance Measures, ulong BaseUnit, ImmutableArray<ushort> Entries)
    : CdatStructure(Offset, Length)
{
    /// <summary>The first entry in picoseconds or megabytes a second; null when it is not given, not provided (0xffff), or no number can hold it.</summary>
    public ulong? Value => CdatScale.Value(Entries.Length > 0 ? Entries[0] : (ushort)0, BaseUnit);
}
