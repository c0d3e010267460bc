namespace Fleet.Simulator.Hardware.Cdat;

/// <summary>What a value of DSLBIS or SSLBIS measures (as in ACPI's HMAT).</summary>
internal enum CdatQuantity : byte
{
    AccessLatency = 0,
    ReadLatency = 1,
    WriteLatency = 2,
    AccessBandwidth = 3,
    ReadBandwidth = 4,
    WriteBandwidth = 5,
}
