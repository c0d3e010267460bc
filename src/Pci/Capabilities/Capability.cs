namespace Fleet.Pci.Capabilities;

/// <summary>A capability as found on a chain.</summary>
/// <param name="Offset">Offset of its header, a multiple of 4.</param>
/// <param name="Id">Capability id (PCI Code and ID Assignment); conventional and extended ids are separate spaces.</param>
/// <param name="Version">Version of an extended capability; 0 for a conventional one.</param>
/// <param name="Extended">True for an extended capability (offset 0x100 and up).</param>
/// <param name="Length">Bytes that are known to belong to it, its header included; never past the end of the space.</param>
public readonly record struct Capability(int Offset, ushort Id, byte Version, bool Extended, int Length)
{
    /// <summary>Its name.</summary>
    public string Name => CapabilityNames.Of(Id, Extended);
}
