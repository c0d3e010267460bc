using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Fleet.Spdm.Messages;

/// <summary>ALGORITHMS: the responder's selection.</summary>
public sealed record AlgorithmsResponse(
    ReadOnlyMemory<byte> Raw, byte MeasurementSpecification, byte OtherParameters, uint MeasurementHash, uint BaseAsym, uint BaseHash, uint PqcAsym, byte MelSpecification, ImmutableArray<AlgorithmTable> Tables)
{
    /// <summary>Parses a selection; its Length must be the length its fields give.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> source, SpdmVersion version, [NotNullWhen(true)] out AlgorithmsResponse? message)
    {
        MessageReader reader = new(source);
        (byte tables, _) = reader.Header(version, SpdmCode.Algorithms);
        ushort length = reader.UInt16();
        byte specification = reader.Byte();
        byte other = reader.Byte();
        uint measurementHash = reader.UInt32();
        uint asym = reader.UInt32();
        uint hash = reader.UInt32();
        uint pqc = reader.UInt32();
        reader.Take(7);
        byte mel = reader.Byte();
        byte extendedAsym = reader.Byte();
        byte extendedHash = reader.Byte();
        reader.Take(2);
        reader.Require(extendedAsym <= 1 && extendedHash <= 1);
        reader.Take(4 * (extendedAsym + extendedHash));
        ImmutableArray<AlgorithmTable> read = AlgorithmTable.Read(ref reader, version >= SpdmVersion.V11 ? tables : 0);
        reader.Require(reader.Position == length);
        message = reader.TryFinish(out ReadOnlyMemory<byte> raw) ? new(raw, specification, other, measurementHash, asym, hash, pqc, mel, read) : null;
        return message is not null;
    }
}
