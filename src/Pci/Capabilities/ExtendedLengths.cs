using System.Collections.Frozen;

namespace Fleet.Pci.Capabilities;

/// <summary>
/// How long an extended capability is. Where a layout has optional or counted parts, the length ends before the first
/// part that is not always there.
/// </summary>
internal static class ExtendedLengths
{
    public const int Minimum = 4;

    private static readonly FrozenDictionary<ushort, int> Fixed = new Dictionary<ushort, int>
    {
        [0x01] = 0x2c,
        [0x02] = 0x1c,
        [0x03] = 0x0c,
        [0x04] = 0x10,
        [0x05] = 0x10,
        [0x06] = 0x0c,
        [0x07] = 0x08,
        [0x08] = 0x1c,
        [0x09] = 0x1c,
        [0x0a] = 0x10,
        [0x0d] = 0x08,
        [0x0e] = 0x08,
        [0x0f] = 0x08,
        [0x10] = 0x40,
        [0x12] = 0x28,
        [0x13] = 0x10,
        [0x15] = 0x0c,
        [0x16] = 0x10,
        [0x17] = 0x0c,
        [0x18] = 0x08,
        [0x19] = 0x0c,
        [0x1a] = 0x10,
        [0x1b] = 0x08,
        [0x1c] = 0x08,
        [0x1d] = 0x0c,
        [0x1e] = 0x10,
        [0x1f] = 0x0c,
        [0x21] = 0x10,
        [0x22] = 0x0c,
        [0x24] = 0x0c,
        [0x25] = 0x0c,
        [0x26] = 0x20,
        [0x27] = 0x08,
        [0x29] = 0x10,
        [0x2a] = 0x20,
        [0x2b] = 0x14,
        [CapabilityIds.DataObjectExchange] = 0x18,
        [0x2f] = 0x10,
        [0x30] = 0x0c,
        [0x31] = 0x10,
    }.ToFrozenDictionary();

    /// <summary>True when the dword after the header states the length (VSEC and DVSEC).</summary>
    public static bool StatesLength(ushort id) => id is 0x0b or 0x23;

    /// <summary>The smallest length such a capability can state: its own headers.</summary>
    public static int StatedMinimum(ushort id) => id is 0x23 ? 0x0c : 0x08;

    /// <param name="id">The capability.</param>
    /// <param name="portType">Device/port type of the PCI Express capability; -1 when there is none.</param>
    public static int Of(ushort id, int portType)
    {
        // Root ports (4) and event collectors (10) have the root error registers too.
        if (id is 0x01 && (portType is 4 or 10))
        {
            return 0x38;
        }

        return Fixed.GetValueOrDefault(id, Minimum);
    }
}
