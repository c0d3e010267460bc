using System.Runtime.InteropServices;
using Fleet.Pci;

namespace Fleet.Broker;

/// <summary>An exchange under way, as it lies in the header page: what the next life finds there was cut off by a crash.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = Bytes)]
internal struct OpenExchange
{
    public const int Bytes = 16;
    public const int Slots = 64;

    /// <summary>Where in the header page the slots begin.</summary>
    public const int Start = 1024;

    public int State;
    public uint Domain;
    public ushort BusDeviceFunction;
    public ushort Offset;

    public readonly bool IsFor(PciAddress function, int offset) =>
        State is JournalCell.Ready && Domain == function.Domain && BusDeviceFunction == JournalKey.Pack(function) && Offset == offset;
}
