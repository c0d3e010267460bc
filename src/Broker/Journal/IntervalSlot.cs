using System.Runtime.InteropServices;

namespace Fleet.Broker;

/// <summary>An interval as it lies in the file. All but State and End is written once; Check covers it.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = Bytes)]
internal struct IntervalSlot
{
    public const int Bytes = 64;

    /// <summary>End of an interval that a crash cut off.</summary>
    public const long CutOff = -1;

    /// <summary>Domain of an interval that is of no one function.</summary>
    public const uint Everywhere = uint.MaxValue;

    public int State;
    public uint Check;
    public int Kind;
    public int CallerSlot;
    public uint Domain;
    public ushort BusDeviceFunction;
    public ushort Offset;
    public int Length;
    public long Begin;

    /// <summary>Milliseconds since 1970; 0 while it goes on.</summary>
    public long End;

    public readonly uint Hash()
    {
        ulong hash = 0x9e37_79b9_7f4a_7c15;
        foreach (ulong part in (ReadOnlySpan<ulong>)[((ulong)(uint)Kind << 32) | (uint)CallerSlot, ((ulong)Domain << 32) | ((uint)BusDeviceFunction << 16) | Offset, (uint)Length, (ulong)Begin])
        {
            hash = (hash ^ part) * 0xff51_afd7_ed55_8ccd;
            hash ^= hash >> 32;
        }

        return (uint)hash;
    }

    public readonly bool IsWhole() => State is JournalCell.Ready && Check == Hash() && Kind is >= 0 and <= (int)IntervalKind.Hold;
}
