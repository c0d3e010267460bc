using System.Text.Json.Serialization;

namespace Fleet.Pci.Cxl;

/// <summary>One structure of a CDAT.</summary>
/// <param name="Offset">Where it begins in the table, in bytes; at least the header's 16.</param>
/// <param name="Length">Its length in bytes, its own 4-byte head included.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "structure")]
[JsonDerivedType(typeof(CdatMemoryRange), "DSMAS")]
[JsonDerivedType(typeof(CdatLatencyBandwidth), "DSLBIS")]
[JsonDerivedType(typeof(CdatMemorySideCache), "DSMSCIS")]
[JsonDerivedType(typeof(CdatInitiator), "DSIS")]
[JsonDerivedType(typeof(CdatEfiMemory), "DSEMTS")]
[JsonDerivedType(typeof(CdatSwitchLatencyBandwidth), "SSLBIS")]
[JsonDerivedType(typeof(CdatUnknown), "unknown")]
public abstract record CdatStructure(int Offset, int Length);
