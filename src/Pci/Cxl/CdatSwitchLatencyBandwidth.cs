using System.Collections.Immutable;

namespace Fleet.Pci.Cxl;

/// <summary>
/// How fast the ways through a switch are: Switch Scoped Latency and Bandwidth Information Structure, SSLBIS, type 5 (CDAT 1.04, section 2.2.6).
/// </summary>
/// <param name="Offset">Where it begins in the table, in bytes.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Measures">What is measured.</param>
/// <param name="BaseUnit">What one unit of an entry stands for: picoseconds, or megabytes a second.</param>
/// <param name="Paths">The ways, in the order of the table.</param>
public sealed record CdatSwitchLatencyBandwidth(
    int Offset, int Length, CdatPerformance Measures, ulong BaseUnit, ImmutableArray<CdatSwitchPath> Paths) : CdatStructure(Offset, Length);
