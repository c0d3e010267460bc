using System.Collections.Immutable;
using Fleet.Spdm.Messages;

namespace Fleet.Spdm.Appraisal;

/// <summary>Rules from what was measured once: record, then pin.</summary>
public static class Baseline
{
    /// <summary>A rule for each block: digests and raw values as they are, secure version numbers as the least that is taken.</summary>
    public static ImmutableArray<ReferenceRule> Of(ImmutableArray<MeasurementBlock> blocks) => [.. blocks.Select(Of)];

    private static ReferenceRule Of(MeasurementBlock block)
    {
        byte type = (byte)(block.Type & 0x7F);
        return type == 7 && block.IsRaw && block.Value.Length == 8
            ? new(block.Index, ReferenceKind.SvnMin) { Type = type, Minimum = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(block.Value.Span) }
            : new(block.Index, block.IsRaw ? ReferenceKind.Raw : ReferenceKind.AnyOf) { Type = type, Values = [block.Value.ToArray()] };
    }
}
