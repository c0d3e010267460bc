namespace Fleet.Simulator.Hardware.Capabilities;

/// <summary>A capability of a simulated function. The layout gives it its place and writes id, version and next pointer.</summary>
/// <param name="Id">Capability id.</param>
/// <param name="Version">Version of an extended capability; 0 makes it a conventional one.</param>
/// <param name="Length">Bytes it takes.</param>
/// <param name="Define">Writes the rest of it, from the given offset on; the upper half of a conventional header included.</param>
internal sealed record CapabilityPart(ushort Id, byte Version, int Length, Action<RegisterFile, int> Define)
{
    public bool Extended => Version > 0;
}
