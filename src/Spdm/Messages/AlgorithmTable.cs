using System.Collections.Immutable;

namespace Fleet.Spdm.Messages;

/// <summary>An algorithm structure table with its fixed bits (DSP0274, AlgType 2 DHE to 7 KEM).</summary>
public sealed record AlgorithmTable(byte Type, ushort Bits)
{
    /// <summary>Reads tables in ascending order of their type, each at most once.</summary>
    internal static ImmutableArray<AlgorithmTable> Read(ref MessageReader reader, int count)
    {
        ImmutableArray<AlgorithmTable>.Builder tables = ImmutableArray.CreateBuilder<AlgorithmTable>();
        byte last = 1;
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            byte type = reader.Byte();
            byte counts = reader.Byte();
            ushort bits = reader.UInt16();
            reader.Require(type > last && counts >> 4 == 2);
            reader.Take(4 * (counts & 0xF));
            tables.Add(new(type, bits));
            last = type;
        }

        return tables.ToImmutable();
    }
}
