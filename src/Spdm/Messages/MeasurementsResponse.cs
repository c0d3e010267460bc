using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Fleet.Spdm.Messages;

/// <summary>MEASUREMENTS; <see cref="Covered"/> is what of it enters L1/L2.</summary>
public sealed record MeasurementsResponse(
    ReadOnlyMemory<byte> Covered, byte TotalCount, byte ContentChanged, ImmutableArray<MeasurementBlock> Blocks, ReadOnlyMemory<byte> Nonce, ReadOnlyMemory<byte> Opaque, ReadOnlyMemory<byte> Signature)
{
    /// <summary>Parses the answer to a request: the number of blocks its operation asks for, record and blocks of one length, slot and context echoed.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> source, Negotiated negotiated, MeasurementsRequest request, [NotNullWhen(true)] out MeasurementsResponse? message)
    {
        MessageReader reader = new(source);
        (byte total, byte param2) = reader.Header(negotiated.Version, SpdmCode.Measurements);
        int count = reader.Byte();
        uint recordLength = reader.UInt24();
        reader.Require(!request.WantsSignature || (param2 & 0xF) == request.Slot);
        reader.Require(request.Operation switch { 0 => count == 0 && recordLength == 0, 0xFF => count is > 0 and < 255, _ => count == 1 });
        long end = reader.Position + (long)recordLength;
        ImmutableArray<MeasurementBlock>.Builder blocks = ImmutableArray.CreateBuilder<MeasurementBlock>();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            MeasurementBlock block = MeasurementBlock.Read(ref reader, source, negotiated.MeasurementHashSize);
            reader.Require(request.Operation == 0xFF || block.Index == request.Operation);
            blocks.Add(block);
        }

        reader.Require(reader.Position == end && blocks.DistinctBy(block => block.Index).Count() == blocks.Count);
        ReadOnlyMemory<byte> nonce = reader.Take(32);
        ReadOnlyMemory<byte> opaque = OpaqueData.Read(ref reader, negotiated);
        if (negotiated.Version >= SpdmVersion.V13)
        {
            reader.Require(reader.Take(8).Span.SequenceEqual(request.Context.Span));
        }

        int signed = reader.Position;
        ReadOnlyMemory<byte> signature = request.WantsSignature ? reader.Take(negotiated.SignatureSize) : default;
        byte changed = negotiated.Version >= SpdmVersion.V12 ? (byte)(param2 >> 4 & 3) : (byte)0;
        message = reader.TryFinish(out _) ? new(source[..signed], request.Operation == 0 ? total : (byte)0, changed, blocks.ToImmutable(), nonce, opaque, signature) : null;
        return message is not null;
    }
}
