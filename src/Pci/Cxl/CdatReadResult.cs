using Fleet.Pci.Doe;

namespace Fleet.Pci.Cxl;

/// <summary>What reading a device's CDAT gave.</summary>
/// <param name="Bytes">The table as far as it was read.</param>
/// <param name="Entries">Entries asked for.</param>
/// <param name="Failure">Why reading stopped early; null when the device said it was the end.</param>
/// <param name="Detail">One sentence for people.</param>
public sealed record CdatReadResult(byte[] Bytes, int Entries, DoeFailure? Failure, string Detail)
{
    /// <summary>True when the whole table was read.</summary>
    public bool Succeeded => Failure is null;
}
