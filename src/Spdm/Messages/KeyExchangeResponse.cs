using System.Diagnostics.CodeAnalysis;

namespace Fleet.Spdm.Messages;

/// <summary>KEY_EXCHANGE_RSP; <see cref="Covered"/> is what its signature covers, <see cref="Raw"/> what enters TH1.</summary>
public sealed record KeyExchangeResponse(
    ReadOnlyMemory<byte> Raw, ReadOnlyMemory<byte> Covered, ushort SessionId, byte MutualAuthentication, ReadOnlyMemory<byte> Random, ReadOnlyMemory<byte> ExchangeData,
    ReadOnlyMemory<byte> Summary, ReadOnlyMemory<byte> Opaque, ReadOnlyMemory<byte> Signature)
{
    /// <summary>Parses the answer to a request, where both ends shake hands in the clear: then it has no MAC.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> source, Negotiated negotiated, KeyExchangeRequest request, [NotNullWhen(true)] out KeyExchangeResponse? message)
    {
        MessageReader reader = new(source);
        reader.Header(negotiated.Version, SpdmCode.KeyExchangeResponse);
        ushort session = reader.UInt16();
        byte mutual = reader.Byte();
        reader.Byte();
        ReadOnlyMemory<byte> random = reader.Take(32);
        ReadOnlyMemory<byte> data = reader.Take(negotiated.ExchangeSize);
        ReadOnlyMemory<byte> summary = request.Summary != 0 && negotiated.MeasurementCapability != 0 ? reader.Take(negotiated.HashSize) : default;
        ReadOnlyMemory<byte> opaque = OpaqueData.Read(ref reader, negotiated);
        int covered = reader.Position;
        ReadOnlyMemory<byte> signature = reader.Take(negotiated.SignatureSize);
        message = reader.TryFinish(out ReadOnlyMemory<byte> raw) ? new(raw, source[..covered], session, mutual, random, data, summary, opaque, signature) : null;
        return message is not null;
    }
}
