using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Fleet.Spdm.Messages;

namespace Fleet.Spdm.Evidence;

/// <summary>A measurement extension log in the DMTF form (DSP0274 1.3). It is unsigned: trust it only through the signed block that extends it.</summary>
public sealed record MeasurementLog(ImmutableArray<MeasurementLogEntry> Entries)
{
    /// <summary>The largest log we take.</summary>
    public const int MaxSize = 262144;

    /// <summary>Parses a whole log; counts and lengths must agree and nothing may be left over.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> source, [NotNullWhen(true)] out MeasurementLog? log)
    {
        MessageReader reader = new(source);
        uint count = reader.UInt32();
        uint length = reader.UInt32();
        reader.Take(8);
        reader.Require(length == source.Length - reader.Position && source.Length <= MaxSize);
        ImmutableArray<MeasurementLogEntry>.Builder entries = ImmutableArray.CreateBuilder<MeasurementLogEntry>();
        for (uint i = 0; i < count && !reader.Failed; i++)
        {
            int start = reader.Position;
            uint number = reader.UInt32();
            byte index = reader.Byte();
            reader.Take(3);
            byte type = reader.Byte();
            ReadOnlyMemory<byte> data = reader.Take(reader.UInt16());
            entries.Add(new(source[start..reader.Position], number, index, type, data));
        }

        log = !reader.Failed && reader.Position == source.Length ? new(entries.ToImmutable()) : null;
        return log is not null;
    }

    /// <summary>What a hash-extend measurement of an index must be: h = H(h || entry) from zeros on, by one BaseHash bit.</summary>
    public byte[] Extend(byte index, uint hashBit)
    {
        byte[] value = new byte[SpdmAlgorithms.HashSize(hashBit)];
        foreach (MeasurementLogEntry entry in Entries.Where(entry => entry.MeasurementIndex == index))
        {
            value = SpdmAlgorithms.Hash(hashBit, [.. value, .. entry.Raw.Span]);
        }

        return value;
    }
}
