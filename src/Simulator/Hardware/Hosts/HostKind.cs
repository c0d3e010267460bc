namespace Fleet.Simulator.Hardware.Hosts;

/// <summary>Which machine a simulated host is.</summary>
internal enum HostKind
{
    /// <summary>Two root ports with a drive and a network adapter, each with a mailbox: starts quickly.</summary>
    Small,

    /// <summary>Eight GPUs, network adapters and drives behind four switches, four bridges of the GPUs' own fabric.</summary>
    GpuServer,

    /// <summary>Sixteen drives in hot-plug slots behind two switches, and a network adapter.</summary>
    StorageServer,

    /// <summary>Memory expanders behind a CXL root port and a CXL switch.</summary>
    CxlHost,

    /// <summary>The three big ones in turn.</summary>
    Mixed,
}
