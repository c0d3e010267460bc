namespace Fleet.Simulator.Hardware.Hosts;

/// <summary>What a simulated host has in it. Hosts of a kind differ a little, as machines of one fleet do.</summary>
internal static class HostModel
{
    /// <summary>The functions of host number <paramref name="number"/>, from 1 up.</summary>
    public static IReadOnlyList<FunctionModel> Functions(HostKind kind, int number) => Of(kind, number) switch
    {
        HostKind.GpuServer => GpuServer.Functions(number),
        HostKind.StorageServer => StorageServer.Functions(number),
        HostKind.CxlHost => CxlHost.Functions(number),
        _ => SmallHost.Functions(number),
    };

    private static HostKind Of(HostKind kind, int number) => kind is not HostKind.Mixed
        ? kind
        : (number % 3) switch { 1 => HostKind.GpuServer, 2 => HostKind.StorageServer, _ => HostKind.CxlHost };
}
