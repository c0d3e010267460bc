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

    /// <summary>Where a dword of the capability counts its parts, the length that follows from it.</summary>
    private static readonly FrozenDictionary<ushort, (int Place, Func<uint, int> Length)> Counted = new Dictionary<ushort, (int, Func<uint, int>)>
    {
        [0x02] = (4, Channels),
        [0x05] = (4, static dword => 0x10 + (0x10 * Bits(dword, 15, 8))),
        [0x08] = (4, Channels),
        [0x09] = (4, Channels),
        [0x0d] = (4, EgressVector),
        [0x15] = (8, static dword => 4 + (8 * Math.Clamp(Bits(dword, 7, 5), 1, 6))),
        [0x16] = (4, static dword => 0x10 + Bits(dword, 4, 0) + 1),
        [0x17] = (4, SteeringTable),
        [0x1d] = (4, static dword => Bits(dword, 5, 5) is 0 ? 0x0c : 0x20 + (4 * Bits(dword, 11, 8))),
        [0x24] = (8, static dword => 4 + (8 * Math.Clamp(Bits(dword, 7, 5), 1, 6))),
        [0x30] = (4, static dword => 0x0c + (Bits(dword, 0, 0) * 8 * (Bits(dword, 15, 13) + 1))),
    }.ToFrozenDictionary();

    /// <summary>True when the dword after the header states the length (VSEC and DVSEC).</summary>
    public static bool StatesLength(ushort id) => id is 0x0b or 0x23;

    /// <summary>The smallest length such a capability can state: its own headers.</summary>
    public static int StatedMinimum(ushort id) => id is 0x23 ? 0x0c : 0x08;

    /// <param name="id">The capability.</param>
    /// <param name="version">Its version.</param>
    /// <param name="portType">Device/port type of the PCI Express capability; -1 when there is none.</param>
    public static int Of(ushort id, byte version, int portType)
    {
        // Root ports (4) and event collectors (10) have the root error registers too.
        if (id is 0x01 && (portType is 4 or 10))
        {
            return 0x38;
        }

        // Ports of root complex and switches (4 to 6) have the overlay of multicast, event collectors of version 2 their bus numbers.
        return (id, version, portType) switch
        {
            (0x12, _, >= 4 and <= 6) => 0x30,
            (0x07, >= 2, _) => 0x0c,
            _ => Fixed.GetValueOrDefault(id, Minimum),
        };
    }

    /// <summary>Where the dword is that counts the parts of a capability; 0 when nothing needs to be counted.</summary>
    public static int CountAt(ushort id) => Counted.TryGetValue(id, out (int Place, Func<uint, int> Length) rule) ? rule.Place : 0;

    /// <summary>The length of a capability with its parts, out of the dword at <see cref="CountAt"/>.</summary>
    public static int OfCounted(ushort id, uint dword) => Counted[id].Length(dword);

    private static int Bits(uint dword, int high, int low) => (int)((dword >> low) & ((1u << (high - low + 1)) - 1));

    private static int Channels(uint dword) => 0x10 + (0x0c * (Bits(dword, 2, 0) + 1));

    /// <summary>The vector is there when egress control is; a size of 0 means 256 bits.</summary>
    private static int EgressVector(uint dword)
    {
        int bits = Bits(dword, 15, 8) is 0 ? 256 : Bits(dword, 15, 8);
        return Bits(dword, 5, 5) is 0 ? 0x08 : 0x08 + (4 * ((bits + 31) / 32));
    }

    /// <summary>The steering table is here (location 1), in the MSI-X table or nowhere.</summary>
    private static int SteeringTable(uint dword) => Bits(dword, 10, 9) is 1 ? 0x0c + (2 * Math.Min(Bits(dword, 26, 16) + 1, 64)) : 0x0c;
}
