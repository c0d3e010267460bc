using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Fleet.Spdm.Messages;

/// <summary>NEGOTIATE_ALGORITHMS: the offer.</summary>
public sealed record AlgorithmsRequest(byte MeasurementSpecification, byte OtherParameters, uint BaseAsym, uint BaseHash, uint PqcAsym, byte MelSpecification, ImmutableArray<AlgorithmTable> Tables)
{
    /// <summary>Writes the exact message, without extended algorithms.</summary>
    public byte[] Write(SpdmVersion version)
    {
        int length = 32 + (4 * Tables.Length);
        MessageWriter writer = new(length);
        writer.Header(version, SpdmCode.NegotiateAlgorithms, (byte)Tables.Length);
        writer.UInt16((ushort)length);
        writer.Byte(MeasurementSpecification);
        writer.Byte(OtherParameters);
        writer.UInt32(BaseAsym);
        writer.UInt32(BaseHash);
        writer.UInt32(PqcAsym);
        writer.Zeros(11);
        writer.Byte(MelSpecification);
        foreach (AlgorithmTable table in Tables)
        {
            writer.Byte(table.Type);
            writer.Byte(0x20);
            writer.UInt16(table.Bits);
        }

        return writer.ToArray();
    }

    /// <summary>Parses an offer; its Length must be the length its fields give.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> source, SpdmVersion version, [NotNullWhen(true)] out AlgorithmsRequest? message, out ReadOnlyMemory<byte> raw)
    {
        MessageReader reader = new(source);
        (byte tables, _) = reader.Header(version, SpdmCode.NegotiateAlgorithms);
        ushort length = reader.UInt16();
        byte specification = reader.Byte();
        byte other = reader.Byte();
        uint asym = reader.UInt32();
        uint hash = reader.UInt32();
        uint pqc = reader.UInt32();
        reader.Take(8);
        int extended = reader.Byte() + reader.Byte();
        reader.Byte();
        byte mel = reader.Byte();
        reader.Require(extended <= 20);
        reader.Take(4 * extended);
        ImmutableArray<AlgorithmTable> read = AlgorithmTable.Read(ref reader, version >= SpdmVersion.V11 ? tables : 0);
        reader.Require(reader.Position == length);
        message = reader.TryFinish(out raw) ? new(specification, other, asym, hash, pqc, mel, read) : null;
        return message is not null;
    }
}
