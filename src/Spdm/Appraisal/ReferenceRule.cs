using System.Collections.Immutable;

namespace Fleet.Spdm.Appraisal;

/// <summary>What the measurement of an index must be.</summary>
public sealed record ReferenceRule(byte Index, ReferenceKind Kind)
{
    /// <summary>AnyOf: digests by the measurement hash. Raw and Mask: one value.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Values { get; init; } = [];

    /// <summary>Mask: ones where a bit counts.</summary>
    public ReadOnlyMemory<byte> Mask { get; init; }

    /// <summary>SvnMin: the least that is taken.</summary>
    public ulong Minimum { get; init; }

    /// <summary>The type without its raw bit (DSP0274, DMTFSpecMeasurementValueType); null for any.</summary>
    public byte? Type { get; init; }

    /// <summary>Whether the device must have the measurement.</summary>
    public bool Required { get; init; } = true;

    /// <summary>Whether a measurement is what the rule asks for.</summary>
    /// <param name="block">The measurement, of the rule's index.</param>
    /// <param name="negotiated">What was negotiated with it: raw values are hashed by its measurement hash.</param>
    public bool Holds(Messages.MeasurementBlock block, Negotiated negotiated) => MeasurementChecks.Holds(this, block, negotiated);
}
