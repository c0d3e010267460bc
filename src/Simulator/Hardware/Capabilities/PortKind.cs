namespace Fleet.Simulator.Hardware.Capabilities;

/// <summary>Device/port type of the PCI Express capability, with its encoding.</summary>
internal enum PortKind
{
    Endpoint = 0,
    RootPort = 4,
    Upstream = 5,
    Downstream = 6,
    RootComplexEndpoint = 9,
}
