using System.Runtime.InteropServices;
using Fleet.Pci;

namespace Fleet.Broker;

/// <summary>What one cell counts. 24 bytes; its hash is stored beside it as the check.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct JournalKey(
    int CallerSlot, uint Domain, ushort BusDeviceFunction, ushort Offset, ushort Length, byte Operation, byte Decision, int Generation, uint Minute)
{
    /// <summary>Offset of a key that stands for many.</summary>
    public const ushort ManyOffsets = ushort.MaxValue;

    public PciAddress Address => Unpack(Domain, BusDeviceFunction);

    public static ushort Pack(PciAddress address) => (ushort)((address.Bus << 8) | (address.Device << 3) | address.Function);

    public static PciAddress Unpack(uint domain, ushort packed) => new(domain, (byte)(packed >> 8), (byte)((packed >> 3) & 0x1f), (byte)(packed & 0x7));

    /// <summary>The same without its bytes.</summary>
    public JournalKey Wide() => this with { Offset = ManyOffsets, Length = 0 };

    /// <summary>A hash that is the same in every process, as it is stored in the file.</summary>
    public uint Hash()
    {
        ulong hash = Mix(0x9e37_79b9_7f4a_7c15, ((ulong)(uint)CallerSlot << 32) | Domain);
        hash = Mix(hash, ((ulong)BusDeviceFunction << 48) | ((ulong)Offset << 32) | ((ulong)Length << 16) | ((ulong)Operation << 8) | Decision);
        hash = Mix(hash, ((ulong)(uint)Generation << 32) | Minute);
        return (uint)(hash ^ (hash >> 32));
    }

    private static ulong Mix(ulong hash, ulong value)
    {
        hash = (hash ^ value) * 0xff51_afd7_ed55_8ccd;
        return hash ^ (hash >> 32);
    }
}
