namespace Fleet.Pci.Cxl;

/// <summary>Entries of latency and bandwidth: a small number times a base unit, both chosen by the device.</summary>
internal static class CdatScale
{
    private const ushort NotGiven = 0;
    private const ushort NotReachable = 0xffff;

    public static ulong? Value(ushort entry, ulong baseUnit)
    {
        UInt128 value = (UInt128)entry * baseUnit;
        return entry is NotGiven or NotReachable || value > ulong.MaxValue ? null : (ulong)value;
    }
}
