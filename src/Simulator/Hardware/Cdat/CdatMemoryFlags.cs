namespace Fleet.Simulator.Hardware.Cdat;

/// <summary>What a range of device memory is (DSMAS).</summary>
[Flags]
internal enum CdatMemoryFlags : byte
{
    None = 0,
    NonVolatile = 1 << 2,
    Shareable = 1 << 3,
    ManagedByHardware = 1 << 4,
    InterconnectSpecific = 1 << 5,
    ReadOnly = 1 << 6,
}
