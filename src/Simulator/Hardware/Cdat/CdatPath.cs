namespace Fleet.Simulator.Hardware.Cdat;

/// <summary>A way through a switch and its value.</summary>
internal readonly record struct CdatPath(ushort From, ushort To, ushort Value)
{
    public const ushort Upstream = 0x0100;
    public const ushort Any = 0xffff;
}
