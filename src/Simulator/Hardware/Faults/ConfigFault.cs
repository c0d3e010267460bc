namespace Fleet.Simulator.Hardware.Faults;

/// <summary>What is wrong with the configuration space of a simulated function; <see cref="FaultCatalog"/> says what each does.</summary>
internal enum ConfigFault
{
    None,
    Loop,
    Truncated,
    Broken,
    Misaligned,
    NoCapability,
    NullId,
    Overlap,
    PastEnd,
    BadLength,
    StartUnreadable,
    Alias,
    UnknownHeader,
    TooMany,
    AllOnes,
    AllZero,
    Conventional,
}
