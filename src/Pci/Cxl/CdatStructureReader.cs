using System.Collections.Immutable;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Fleet.Pci.Cxl;

/// <summary>Reads one structure of a CDAT, whose own head says how long it is.</summary>
internal static class CdatStructureReader
{
    private const int SwitchHeadSize = 16;
    private const int SwitchPathSize = 8;

    /// <summary>False when the type is known and its content is not what it must be; a type not known is no fault of the table.</summary>
    public static bool TryRead(int offset, ReadOnlySpan<byte> bytes, out CdatStructure structure)
    {
        CdatStructure? known = (bytes[0], bytes.Length) switch
        {
            (0, 24) => new CdatMemoryRange(offset, 24, bytes[4], bytes[5], ReadUInt64LittleEndian(bytes[8..]), ReadUInt64LittleEndian(bytes[16..])),
            (1, 24) => LatencyBandwidth(offset, bytes),
            (2, 20) => new CdatMemorySideCache(offset, 20, bytes[4], ReadUInt64LittleEndian(bytes[8..]), ReadUInt32LittleEndian(bytes[16..])),
            (3, 8) => new CdatInitiator(offset, 8, bytes[4], bytes[5]),
            (4, 24) => new CdatEfiMemory(offset, 24, bytes[4], bytes[5], ReadUInt64LittleEndian(bytes[8..]), ReadUInt64LittleEndian(bytes[16..])),
            (5, >= SwitchHeadSize) => SwitchLatencyBandwidth(offset, bytes),
            _ => null,
        };
        structure = known ?? new CdatUnknown(offset, bytes.Length, bytes[0], Convert.ToHexStringLower(bytes));
        return known is not null || bytes[0] > 5;
    }

    private static CdatLatencyBandwidth? LatencyBandwidth(int offset, ReadOnlySpan<byte> bytes)
    {
        ImmutableArray<ushort> entries =
            [ReadUInt16LittleEndian(bytes[16..]), ReadUInt16LittleEndian(bytes[18..]), ReadUInt16LittleEndian(bytes[20..])];
        return TryMeasure(bytes[6], out CdatPerformance measures)
            ? new CdatLatencyBandwidth(offset, bytes.Length, bytes[4], bytes[5], measures, ReadUInt64LittleEndian(bytes[8..]), entries)
            : null;
    }

    private static CdatSwitchLatencyBandwidth? SwitchLatencyBandwidth(int offset, ReadOnlySpan<byte> bytes)
    {
        if ((bytes.Length - SwitchHeadSize) % SwitchPathSize != 0 || !TryMeasure(bytes[4], out CdatPerformance measures))
        {
            return null;
        }

        ulong unit = ReadUInt64LittleEndian(bytes[8..]);
        ImmutableArray<CdatSwitchPath>.Builder paths = ImmutableArray.CreateBuilder<CdatSwitchPath>((bytes.Length - SwitchHeadSize) / SwitchPathSize);
        for (int place = SwitchHeadSize; place < bytes.Length; place += SwitchPathSize)
        {
            ushort value = ReadUInt16LittleEndian(bytes[(place + 4)..]);
            paths.Add(new CdatSwitchPath(
                ReadUInt16LittleEndian(bytes[place..]), ReadUInt16LittleEndian(bytes[(place + 2)..]), CdatScale.Value(value, unit)));
        }

        return new CdatSwitchLatencyBandwidth(offset, bytes.Length, measures, unit, paths.MoveToImmutable());
    }

    private static bool TryMeasure(byte value, out CdatPerformance measures)
    {
        measures = (CdatPerformance)value;
        return measures <= CdatPerformance.WriteBandwidth;
    }
}
