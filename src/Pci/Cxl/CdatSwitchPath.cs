namespace Fleet.Pci.Cxl;

/// <summary>One way through a switch.</summary>
/// <param name="From">Port id; see <see cref="UpstreamPort"/> and <see cref="AnyPort"/>.</param>
/// <param name="To">Port id of the other end.</param>
/// <param name="Value">Picoseconds or megabytes a second; null when it is not given or no number can hold it.</param>
public readonly record struct CdatSwitchPath(ushort From, ushort To, ulong? Value)
{
    /// <summary>The port id of the upstream port.</summary>
    public const ushort UpstreamPort = 0x0100;

    /// <summary>The port id that stands for every port.</summary>
    public const ushort AnyPort = 0xffff;
}
