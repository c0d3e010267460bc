namespace Fleet.Simulator.Spdm;

/// <summary>A measurement as the device holds it: what was measured, and whether it is given raw whatever is asked. Type 8 (hash-extend) follows from the log.</summary>
internal sealed record DeviceMeasurement(byte Index, byte Type, byte[] Value, bool AlwaysRaw = false)
{
    public const byte HashExtend = 8;
}
